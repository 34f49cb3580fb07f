"""What stands on paper, in the reader's language, as letters have their words in `mails`.

``certificates`` what a certificate says · each module makes data for a template of
``templates/pdf`` and for its page.
"""
