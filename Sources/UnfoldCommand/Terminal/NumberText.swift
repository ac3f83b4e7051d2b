/// Numbers as people read them. One way for all tables, progress lines and charts, independent of the locale.
extension Double {
  /// With `places` digits after the point, rounded to nearest: `3.14`; `nan` and `inf` as such. Numbers with more digits
  /// than an integer holds are written with an exponent: `1e+30`.
  func text(places: Int) -> String {
    guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
    guard 0...18 ~= places else { return "\(self)" }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = (magnitude * Double(scale)).rounded()
    guard scaled < 9e18 else { return "\(self)" }
    let digits = Int(scaled)
    let sign = self < 0 && digits > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(digits)" }
    let fraction = String(digits % scale)
    return "\(sign)\(digits / scale).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
  }

  /// Rounded to a whole number, with the thousands set apart: `3,812`; with an exponent beyond what an integer holds.
  var groupedText: String {
    guard magnitude < 9e18 else { return text(places: 0) }
    return Int(rounded()).groupedText
  }

  /// A share of one as percent: 0.9123 is `91.23 %`.
  func percentText(places: Int = 2) -> String { "\((self * 100).text(places: places)) %" }

  /// Seconds as a clock shows them: `0:07`, `12:40`, `3:02:10`.
  var clockText: String {
    guard isFinite, self < 360_000 else { return "-:--" }
    let seconds = Int(Swift.max(self, 0).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
  }
}

extension Int {
  /// With the thousands set apart: `3,812`.
  var groupedText: String {
    var text = ""
    for (index, digit) in String(magnitude).reversed().enumerated() {
      if index > 0 && index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }

  /// Bytes in MiB: `12.5 MiB`.
  var mebibyteText: String { "\((Double(self) / 1_048_576).text(places: 1)) MiB" }
}
