"""What the tests of market sizing share: tables that only tests read."""
