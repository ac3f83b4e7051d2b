import Testing

@testable import UnfoldNN

@Suite struct JSONReaderTests {
  @Test func numbersAreThoseOfJSON() throws {
    for (text, value) in [
      ("0", 0.0), ("-0", -0.0), ("12", 12), ("1.5", 1.5), ("-2.25e-3", -0.00225), ("1E+2", 100), ("0.1", 0.1),
      ("5e-324", .leastNonzeroMagnitude), (" 7", 7), ("1.7976931348623157e308", .greatestFiniteMagnitude),
    ] {
      var reader = JSONReader(Array(text.utf8))
      #expect(try reader.number() == value, "\(text)")
      try reader.end()
      let number = jsonNumber(value)
      var written = JSONReader(Array(number.utf8))
      #expect(try written.number() == value, "\(number)")
    }
    for text in ["", "-", ".5", "1.", "01", "1e", "1e+", "+1", "1e999", "-1e999", "NaN", "inf", "0x10", "１", "1_0"] {
      #expect(throws: JSONFault.self, "\(text)") {
        var reader = JSONReader(Array(text.utf8))
        _ = try reader.number()
        try reader.end()
      }
    }
  }

  @Test func wholeNumbersFitAnInt() throws {
    for (text, value) in [("0", 0), ("9223372036854775807", Int.max), ("42 ", 42)] {
      var reader = JSONReader(Array(text.utf8))
      #expect(try reader.wholeNumber() == value)
      try reader.end()
    }
    for text in ["9223372036854775808", "-1", "-0", "1.0", "1e2", "1e-2", "00"] {
      #expect(throws: JSONFault.self, "\(text)") {
        var reader = JSONReader(Array(text.utf8))
        _ = try reader.wholeNumber()
        try reader.end()
      }
    }
  }

  @Test func aFaultSaysWhereAndWhat() {
    var reader = JSONReader(Array(#"[1, 2.5]"#.utf8))
    #expect(throws: JSONFault(4, "a whole number from 0 to 9223372036854775807")) {
      try reader.list { (reader) throws(JSONFault) in _ = try reader.wholeNumber() }
    }
    var object = JSONReader(Array(#"{"a":1,"b":2,"a":3}"#.utf8))
    #expect(throws: JSONFault(13, "a name that comes once")) {
      try object.object { (reader, _) throws(JSONFault) in _ = try reader.wholeNumber() }
    }
  }
}
