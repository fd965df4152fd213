"""May this be made, under which terms, and who is paid for it?"""
