"""What can one charge? Answers to questions of price, asked in the ways of van Westendorp and Gabor–Granger."""
