"""What can one charge? Questions of price, asked in the ways of van Westendorp and Gabor–Granger."""
