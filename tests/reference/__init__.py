"""An independent count of a seminar file, seminars to count, and demo seminars bent by a rule.

Nothing here imports the product: what `eventapp load` and `eventapp evidence` yield is compared
with what these few lists yield.
"""
