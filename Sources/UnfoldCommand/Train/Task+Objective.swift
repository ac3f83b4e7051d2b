import UnfoldNN

extension Architecture.Task {
  /// The objective of networks of the task.
  ///
  /// - Parameter smoothing: How much of each target is spread over all classes.
  func objective(smoothing: Double = 0) -> Objective {
    switch self {
    case .imageClassification, .seriesClassification: .classification(smoothing: smoothing)
    case .segmentation: .segmentation(smoothing: smoothing)
    case .localization: .localization(smoothing: smoothing)
    }
  }
}
