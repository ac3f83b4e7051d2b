/// The content of a progress line at one moment, and its fitting to the width of a terminal.
///
/// ```
/// epoch 2/6  [#########-----------]  45 %  loss 0.3123  accuracy 88.91 %  3,812 images/s  0:12 left
/// ```
struct ProgressLine: Equatable {
  /// The current phase: `epoch 2/6`.
  var label: String
  /// How much is done, 0 to 1.
  var fraction: Double
  /// What has been measured so far, the most important first: `loss 0.3123`.
  var fields: [String] = []
  /// The seconds until it is done, if known.
  var secondsLeft: Double?

  /// The line without a bar, for logs.
  var plainText: String { ([label, percent] + fields + remaining).joined(separator: "  ").printable }

  /// The line with its bar, at most `width` columns wide: the bar shrinks first, then the least important fields go.
  /// Where no bar has room beside the label, the share and the time, it goes too, in favour of the fields, and at last
  /// the end of the label.
  func text(width: Int) -> String {
    let label = label.printable
    func rest(_ count: Int) -> String {
      ([percent] + fields.prefix(count).map(\.printable) + remaining).joined(separator: "  ")
    }
    for count in (0...fields.count).reversed() {
      let bar = width - label.columns - rest(count).columns - 6
      if bar >= Self.shortestBar {
        return "\(label)  [\(self.bar(min(bar, Self.longestBar)))]  \(rest(count))"
      }
    }
    for count in (0...fields.count).reversed() {
      let line = "\(label)  \(rest(count))"
      if line.columns <= width { return line }
    }
    return "\(label)  \(percent)".prefix(columns: max(width, 0))
  }

  private static let shortestBar = 6
  private static let longestBar = 32

  private var clamped: Double { fraction.isNaN ? 0 : min(max(fraction, 0), 1) }

  /// Rounded down: 100 % means done.
  private var percent: String { "\(Int(clamped * 100)) %".right(5) }

  private var remaining: [String] { secondsLeft.map { ["\($0.clockText) left"] } ?? [] }

  private func bar(_ width: Int) -> String {
    let filled = Int(clamped * Double(width))
    return String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
  }
}
