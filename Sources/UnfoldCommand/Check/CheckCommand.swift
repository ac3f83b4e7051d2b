import ArgumentParser
import Unfold
import UnfoldData

/// `unfold check`: the engine against the lecture's loops.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare the engine with the naive reference, shape by shape.",
    discussion: """
      The engine runs in single precision on random numbers from 0.5 to 1.5, whose sums do not cancel. The reference \
      runs in double precision on the same numbers. Errors are in units of the last place of the sum of the absolute \
      values of an element's products; for Winograd's tiles, which mix terms, of the largest such sum. The exit status \
      is 0 only if every result is as close as rounding allows.
      """)

  @Option(name: .long, help: "A file of convolutions in benchdnn's syntax.")
  var shapes: String

  @Option(name: .long, help: "What to check: \(PassDirection.allCases.map(\.rawValue).joined(separator: ", ")).")
  var direction = "FWD_B,BWD_D,BWD_WB"

  @OptionGroup var threads: ThreadOptions

  @Option(
    name: .long,
    help: "The images of every shape. (default: the file's, fewer where the reference would take too long)")
  var batch: Int?

  @Option(name: .long, help: "Only the shapes whose name contains this.")
  var only: String?

  @Option(
    name: .long, help: "The algorithms, a list of \(ConvolutionAlgorithm.names.joined(separator: ", ")).")
  var algorithm = "automatic"

  @Option(name: .long, help: "What automatic may choose from: fast (all) or strict (no Winograd).")
  var accuracy = ConvolutionAccuracy.fast

  /// The most operations of one reference pass by default: about half a second.
  static let costLimit = 4e8

  /// Numbers of both signs would hide the rounding errors of a long sum, which stays small.
  static let numbers: Range<Float> = 0.5..<1.5

  func run() throws {
    let directions = try PassDirection.list(direction)
    let algorithms = try ConvolutionAlgorithm.list(algorithm)
    try accuracy.requireUse(for: algorithms)
    let context = try threads.context(accuracy: accuracy)
    let list = try ShapeList(path: shapes, batch: batch, name: only, algorithms: algorithms)
    var cases = list.cases
    if batch == nil {
      cases = try cases.map { try Self.affordable($0) }
    }
    for line in list.skipped { try Terminal.output.writeParagraph(line) }
    try check(cases, directions, labelWidth: list.labelWidth, context: context)
  }

  /// The shape with as many images as the reference can do in reasonable time, one at least.
  static func affordable(_ shape: ShapeCase) throws(UnfoldError) -> ShapeCase {
    let batch = shape.geometry.batch
    let operations = shape.geometry.operations / Double(batch)
    return try shape.withImages(max(1, min(batch, Int(Self.costLimit / operations))))
  }

  private func check(
    _ cases: [ShapeCase], _ directions: [PassDirection], labelWidth: Int, context: ExecutionContext
  ) throws {
    let table = TextTable([
      TextTable.Column("shape", .left, width: labelWidth, isCut: true),
      TextTable.Column("batch", width: cases.map { batchText($0).count }.max() ?? 0),
      TextTable.Column("direction", .left), TextTable.Column("algorithm", .left, width: 9),
      TextTable.Column("worst ulps"), TextTable.Column("allowed"), TextTable.Column("", .left, width: 5),
    ]).fitted(to: Terminal.output.width)
    try Terminal.output.writeLines(table.header)
    let progress = ProgressDisplay(plainStep: .infinity)
    defer { progress.hide() }
    let total = cases.reduce(0) { $0 + $1.geometry.operations } * Double(directions.count)
    var done = 0.0
    var wrong = 0
    for shape in cases {
      for direction in directions {
        progress.update("check \(shape.label) \(direction.rawValue)", phase: "check", fraction: done / total)
        var pass = try ConvolutionPass(shape.geometry, direction, numbers: Self.numbers)
        try pass.run(context: context)
        let error = try pass.error(context: context)
        if !error.isAllowed { wrong += 1 }
        done += shape.geometry.operations
        progress.hide()
        try Terminal.output.writeLine(
          table.line([
            shape.label, batchText(shape), direction.rawValue,
            "\(shape.geometry.algorithm(of: direction, accuracy: context.accuracy))",
            error.worstUlps.text(places: 2),
            error.allowedUlps.text(places: 1), error.isAllowed ? "ok" : "WRONG",
          ]))
      }
    }
    progress.hide()
    let results = cases.count * directions.count
    guard wrong == 0 else { throw CommandError.mismatches(wrong, of: results) }
    var sentences = ["", "all \(results) results match the reference, \(threadText(context.threads))"]
    if cases.contains(where: { $0.geometry.batch < $0.batch }) && batch == nil {
      sentences.append("some shapes ran with fewer images than in the file (\"1 of 8\"): --batch sets them")
    }
    try Terminal.output.writeLines(sentences.flatMap { $0.wrapped(to: Terminal.output.width) })
  }

  private func batchText(_ shape: ShapeCase) -> String {
    let (used, given) = (shape.geometry.batch, shape.batch)
    return used == given ? "\(used)" : "\(used) of \(given)"
  }
}
