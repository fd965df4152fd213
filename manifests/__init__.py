"""Where does this video come from, and has it changed since?"""
