"""What holds of the content (sentences, translations, entries) whoever changes it: pure rules over plain values."""
