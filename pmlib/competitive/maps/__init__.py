"""Maps: who stands near whom, and near what."""
