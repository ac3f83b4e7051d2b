/// Curves over a common axis: losses over epochs, or over learning rates.
struct CurvePanel: Equatable {
  struct Point: Equatable {
    var x, y: Double
  }

  struct Line: Equatable {
    var name: String
    /// The class in ``ReportStyle`` that colours it.
    var style: String
    /// By increasing x.
    var points: [Point]
  }

  /// What is along the lower axis.
  enum Horizontal: Equatable {
    /// Whole numbers.
    case counting(ClosedRange<Int>)
    /// Powers of ten between two numbers above 0.
    case powers(Double, Double)
  }

  /// A marked place on the lower axis.
  struct Mark: Equatable {
    var x: Double
    var text: String
  }

  var title, xTitle: String
  var horizontal: Horizontal
  var vertical: Axis
  var lines: [Line]
  var mark: Mark?
}
