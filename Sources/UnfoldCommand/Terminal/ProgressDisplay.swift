/// Shows progress: on a terminal one line that is redrawn in place, elsewhere a line of its own for each tenth.
final class ProgressDisplay {
  /// The stream of the text, and the screen behind it.
  struct Screen {
    var isInteractive: Bool
    var width: () -> Int
    var write: (String) -> Void

    /// The screen behind a stream of this process.
    static func terminal(_ terminal: Terminal) -> Screen {
      Screen(isInteractive: terminal.isInteractive, width: { terminal.width }, write: terminal.draw)
    }
  }

  private let screen: Screen
  /// Whether one line is redrawn.
  var isInteractive: Bool { screen.isInteractive }
  private let now: () -> Double
  private let plainStep: Double
  private var phase: String?
  private var startTime = 0.0
  private var startFraction = 0.0
  private var drawTime = -Double.infinity
  private var nextPlainFraction = 0.0
  private var isDrawn = false

  /// The seconds between two drawings: a person reads no faster, and the work should not wait for the screen.
  private static let redrawInterval = 0.1

  /// - Parameters:
  ///   - now: A clock in seconds.
  ///   - plainStep: The share of the whole between two plain lines.
  init(
    _ screen: Screen = .terminal(.error), plainStep: Double = 0.1, now: @escaping () -> Double = monotonicSeconds
  ) {
    self.screen = screen
    self.plainStep = plainStep
    self.now = now
  }

  /// Shows the progress of the work.
  ///
  /// - Parameters:
  ///   - label: What is going on.
  ///   - phase: What `fraction` is a share of, the label where it is nil. A new phase starts a new measurement of the
  ///     time left.
  ///   - fields: Measured values; evaluated only where they are drawn.
  func update(_ label: String, phase: String? = nil, fraction: Double, fields: @autoclosure () -> [String] = []) {
    let time = now()
    if (phase ?? label) != self.phase {
      self.phase = phase ?? label
      startTime = time
      startFraction = fraction
      drawTime = -.infinity
      nextPlainFraction = plainStep
    }
    let isDue =
      screen.isInteractive
      ? time - drawTime >= Self.redrawInterval || fraction >= 1
      // The tolerance allows for the rounding of sums of tenths.
      : fraction >= nextPlainFraction - 5e-10
    guard isDue else { return }
    drawTime = time
    while nextPlainFraction <= fraction + 5e-10 { nextPlainFraction += plainStep }

    var line = ProgressLine(label: label, fraction: fraction, fields: fields())
    let done = fraction - startFraction
    if done > 0, fraction < 1 { line.secondsLeft = (1 - fraction) * (time - startTime) / done }
    if screen.isInteractive {
      // The last column stays free: some terminals wrap as soon as it is written.
      screen.write("\r\(line.text(width: screen.width() - 1))\u{1B}[K")
      isDrawn = true
    } else {
      screen.write(line.plainText + "\n")
    }
  }

  /// Erases the drawn line, so that something else can be written there. The next update draws it again.
  func hide() {
    if isDrawn { screen.write("\r\u{1B}[K") }
    isDrawn = false
    drawTime = -.infinity
  }
}
