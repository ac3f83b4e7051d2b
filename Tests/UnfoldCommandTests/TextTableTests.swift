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

  @Test func lettersBeyondASCIICountAsOne() {
    var table = TextTable([.init("name", .left), .init("n")])
    table.append(["Tür", "1"])
    table.append(["Haus", "2"])
    #expect(table.lines.suffix(2) == ["Tür   1", "Haus  2"])
  }
}
