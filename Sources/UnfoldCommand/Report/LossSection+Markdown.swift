/// The section of the README that says where Unfold is slower than others, made from a comparison.
struct LossSection {
  let comparison: Comparison
  private let peer: Contender
  private let summaries: [RatioSummary]

  init(_ comparison: Comparison) {
    self.comparison = comparison
    peer = comparison.peer
    summaries = comparison.summaries(against: peer)
  }

  static let mark = MarkedSection(name: "where-we-lose")

  /// The text with this section in its place, see ``MarkedSection/replaced(in:by:path:)``.
  func replaced(in text: String, path: String) throws(CommandError) -> String {
    try Self.mark.replaced(in: text, by: markdown, path: path)
  }

  var markdown: String {
    guard !summaries.isEmpty else { return "Nothing was compared.\n" }
    let losses = comparison.losses(to: peer)
    let compared = comparison.cells.count { $0.ratio(to: peer) != nil }
    var lines = [
      "Unfold's speed divided by that of \(peerText), geometric mean over the shapes of all files: above 1, Unfold is "
        + "faster; in brackets the worst shape.", "",
    ]
    lines += meansTable
    lines.append("")
    lines += networkTable
    if losses.isEmpty {
      lines.append("**Where we lose:** in none of the \(compared) measurements.")
    } else {
      lines.append(
        "**Where we lose:** in \(losses.count) of the \(compared) measurements"
          + (losses.count > Self.longest ? ". The \(Self.longest) worst:" : ":"))
      lines.append("")
      lines += lossTable(losses.prefix(Self.longest))
    }
    lines.append("")
    lines += comparison.circumstances.map { "<sub>\(Markup.markdown($0))</sub>  " }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let longest = 10

  private var peerText: String {
    peer == .pytorch ? "PyTorch in its faster layout" : "the naive loops (1 image, 1 thread)"
  }

  private var meansTable: [String] {
    let passes = unique(summaries.map(\.pass)).sorted {
      Comparison.Cell.order(ofPass: $0) < Comparison.Cell.order(ofPass: $1)
    }
    var lines = [
      "| | " + passes.joined(separator: " | ") + " |", "|---|" + passes.map { _ in "---:|" }.joined(),
    ]
    for family in unique(summaries.map(\.family)) {
      for threads in unique(summaries.filter { $0.family == family }.map(\.threads)) {
        let cells = passes.map { pass in
          summaries.first { ($0.family, $0.pass, $0.threads) == (family, pass, threads) }
            .map { "\($0.geometricMean.ratioText) (\($0.minimum.ratioText))" } ?? ""
        }
        lines.append(
          "| \(Markup.markdown(family.title)), \(threadText(threads)) | " + cells.joined(separator: " | ") + " |")
      }
    }
    return lines
  }

  /// A table of images a second of whole networks by all contenders, on the largest number of threads; empty without
  /// networks.
  private var networkTable: [String] {
    let networks = comparison.cells.filter { $0.family.isNetwork && $0.seconds(.unfold) != nil }
    guard let threads = networks.map(\.threads).max() else { return [] }
    let cells = networks.filter { $0.threads == threads }.sorted {
      ($1.family.title, $0.name, $0.batch) < ($0.family.title, $1.name, $1.batch)
    }
    let contenders = comparison.contenders(in: cells)
    var titles = ["images/s, \(threadText(threads))", "", "batch"] + contenders.map(\.title)
    titles.append("Unfold / fastest rival")
    let rule = "|---|---|---:|" + contenders.map { _ in "---:|" }.joined() + "---|"
    return ["| " + titles.joined(separator: " | ") + " |", rule]
      + cells.map { cell -> String in
        var words = [Markup.markdown(cell.name), Markup.markdown(cell.family.title), "\(cell.batch)"]
        words += contenders.map { cell.imageRate($0)?.shortText ?? "" }
        words.append(cell.fastestRival.map { "\($0.ratio.ratioText) (\($0.contender.title))" } ?? "")
        return "| " + words.joined(separator: " | ") + " |"
      } + [""]
  }

  private func lossTable(_ losses: some Sequence<RatioSummary.Entry>) -> [String] {
    [
      "| | pass | batch | threads | Unfold | \(peer.title) | ratio |", "|---|---|---:|---:|---:|---:|---:|",
    ]
      + losses.map { loss in
        let cell = loss.cell
        let words =
          [Markup.markdown(cell.name), Markup.markdown(cell.pass), "\(cell.batch)", "\(cell.threads)"]
          + [cell.speedText(.unfold), cell.speedText(peer), loss.ratio.ratioText]
        return "| " + words.joined(separator: " | ") + " |"
      }
  }
}

extension Comparison.Cell {
  /// For a network the images a second, else the rate where there is one, or the time.
  func speedText(_ contender: Contender) -> String {
    guard let seconds = seconds(contender) else { return "" }
    if let images = imageRate(contender) { return "\(images.shortText) images/s" }
    if let rate = rate(contender) { return "\(rate.shortText) GFLOP/s" }
    return seconds.timeText
  }
}

extension Double {
  /// Seconds in a unit that fits: `12.3 ms`.
  var timeText: String {
    self < 1e-3 ? "\((self * 1e6).shortText) µs" : self < 1 ? "\((self * 1e3).shortText) ms" : "\(shortText) s"
  }
}
