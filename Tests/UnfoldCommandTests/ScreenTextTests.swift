import Testing

@testable import UnfoldCommand

@Suite struct ScreenTextTests {
  @Test(arguments: [
    ("plain ASCII, Tür, 日本, 👍🏽", "plain ASCII, Tür, 日本, 👍🏽"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
    ("\u{1B}[31mred\u{7}", "\\u{1B}[31mred\\u{7}"), ("\u{0}\u{7F}", "\\u{0}\\u{7F}"),
    // C1: a terminal may take U+009B for the beginning of a control sequence.
    ("\u{85}\u{9B}2J", "\\u{85}\\u{9B}2J"),
    // What turns the direction of writing, and what ends a line in Unicode.
    (
      "\u{202E}gpj.exe\u{202C}\u{2066}\u{2069}\u{200E}\u{61C}",
      "\\u{202E}gpj.exe\\u{202C}\\u{2066}\\u{2069}\\u{200E}\\u{61C}"
    ),
    ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
    // Joins the parts of one picture.
    ("👩\u{200D}🚀", "👩\u{200D}🚀"),
  ])
  func whatMovesTheCursorIsWrittenOut(_ text: String, _ expected: String) {
    #expect(text.printable == expected)
    #expect(expected.printable == expected, "a printable text stays")
  }

  /// The widths are those that Python's `wcwidth` 0.9.4 gives.
  @Test(arguments: [
    ("", 0), ("abc", 3), ("Tür", 3), ("Tu\u{308}r", 3), ("日本語", 6), ("ﾊﾝｶｸ", 4), ("ＦＵＬＬ", 8), ("한국", 4),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("👍🏽", 2), ("👩‍🚀", 2), ("🇩🇪", 2), ("★", 1), ("⭐", 2), ("✈", 1), ("✈️", 2),
    ("Ж", 1), ("ش", 1), ("→", 1), ("…", 1), ("\u{2E80}", 2), ("\u{303F}", 1), ("\u{3000}", 2), ("\u{200B}", 0),
    ("a\u{AD}b", 3), ("𠀀", 2), ("ก็", 1),
  ])
  func lettersTakeTheirColumns(_ text: String, _ expected: Int) {
    #expect(text.columns == expected, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
    #expect(text.left(10).columns == 10 && text.right(10).columns == 10)
  }

  @Test func textsAreCutToTheirColumns() {
    #expect("resnet-50".shortened(to: 9) == "resnet-50" && "resnet-50".shortened(to: 8) == "re…et-50")
    // Half of a wide letter is none.
    #expect("日本語".shortened(to: 5) == "…本語" && "日本語日本".shortened(to: 8) == "日…日本")
    #expect("abc".shortened(to: 1) == "…" && "abc".shortened(to: 0) == "")
    #expect("a日b".prefix(columns: 2) == "a" && "a日b".prefix(columns: 3) == "a日")
  }

  @Test func sentencesAreBrokenAtSpaces() {
    #expect("one two three".wrapped(to: 80) == ["one two three"])
    #expect("one two three".wrapped(to: 7) == ["one two", "three"])
    #expect("key     one two".wrapped(to: 12, indent: 8) == ["key     one", "        two"])
    #expect("incomprehensibilities a".wrapped(to: 5) == ["incomprehensibilities", "a"])
    #expect("".wrapped(to: 5) == [""])
    #expect("日本 語".wrapped(to: 6) == ["日本", "語"])
  }
}
