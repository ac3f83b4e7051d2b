import Testing

@testable import UnfoldCommand

@Suite struct TextTableTests {
  @Test func columnsAreAsWideAsTheirWidestCell() {
    var table = TextTable([.init("shape", .left), .init("GFLOP/s"), .init("", .left)])
    table.append(["conv1", "7.5", "ok"])
    table.append(["a longer name", "12345678.9"])
    #expect(
      table.lines == [
        "shape             GFLOP/s",
        "-------------  ----------  --",
        "conv1                 7.5  ok",
        "a longer name  12345678.9",
      ])
  }

  @Test func rowsThatArePrintedOneByOneKeepTheGivenWidths() {
    let table = TextTable([.init("n", .left, width: 4), .init("x", width: 6)])
    #expect(table.header == ["n          x", "----  ------"])
    #expect(table.line(["ab", "1.00"]) == "ab      1.00")
  }

  @Test func lettersTakeTheirColumns() {
    var table = TextTable([.init("name", .left), .init("n")])
    for cells in [["Tür", "1"], ["Haus", "2"], ["日本", "3"], ["a\u{1B}[2J\n", "4"], ["Tu\u{308}r", "5"]] {
      table.append(cells)
    }
    #expect(
      table.lines.suffix(5) == [
        "Tür           1", "Haus          2", "日本          3", "a\\u{1B}[2J\\n  4", "Tu\u{308}r           5",
      ])
  }

  private let wide = TextTable([
    .init("shape", .left, width: 20, isCut: true), .init("runs", width: 6, leftOut: 2), .init("ms", width: 6),
    .init("median", width: 6, leftOut: 1),
  ])

  @Test func columnsGoInTheirOrderAndThenTextsAreCut() {
    let cells = ["a-name-of-18-letter", "100", "1.5", "2.5"]
    // 20 + 6 + 6 + 6 and three gaps of 2.
    #expect(wide.width == 44 && wide.fitted(to: 44).line(cells) == "a-name-of-18-letter      100     1.5     2.5")
    #expect(wide.fitted(to: 43).line(cells) == "a-name-of-18-letter      1.5     2.5")
    #expect(wide.fitted(to: 35).line(cells) == "a-name-of-18-letter      1.5")
    #expect(wide.fitted(to: 20).line(cells) == "a-n…8-letter     1.5")
    #expect(wide.fitted(to: 20).header == ["shape             ms", "------------  ------"])
    // Numbers are never cut.
    #expect(wide.fitted(to: 3).line(cells) == "a-…etter     1.5")
    for width in 16...60 { #expect(wide.fitted(to: width).header.allSatisfy { $0.columns <= width }, "\(width)") }
  }
}
