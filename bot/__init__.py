"""The helpline product: channels, conversation rules, hand-off queue and console."""
