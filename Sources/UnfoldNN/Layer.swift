import Unfold
