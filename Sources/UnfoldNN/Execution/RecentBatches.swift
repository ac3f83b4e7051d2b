import Unfold

/// A cache of what a layer has made for a batch size (geometry and buffers), for the two sizes used last: an epoch's
/// batches and its shorter last one. Nothing more is kept, however many sizes there are.
struct RecentBatches<State: AnyObject> {
  private var recent: [(batch: Int, state: State)] = []

  /// The state for a batch size, made where there is none.
  mutating func state(for batch: Int, _ make: () throws(UnfoldError) -> State) throws(UnfoldError) -> State {
    // A loop: a closure that captures allocates in code that is not specialised.
    for index in recent.indices where recent[index].batch == batch {
      if index > 0 { recent.swapAt(0, index) }
      return recent[0].state
    }
    // The older one is released first, so that its memory is free when the new one allocates.
    if recent.count == 2 { recent.removeLast() }
    let state = try make()
    recent.insert((batch, state), at: 0)
    return state
  }

  /// The number of sizes that are kept.
  var count: Int { recent.count }
}

extension Optional {
  /// The state kept here, taken out so that it can be changed without a copy; or a new one.
  mutating func takeOrMake(_ make: () throws(UnfoldError) -> Wrapped) throws(UnfoldError) -> Wrapped {
    if let kept = take() { return kept }
    return try make()
  }
}
