import Testing

@testable import UnfoldCommand

@Suite struct NumberTextTests {
  @Test(arguments: [
    (3.14159, 2, "3.14"), (2.5, 0, "3"), (0.005, 2, "0.01"), (9.996, 2, "10.00"), (-1.25, 1, "-1.3"),
    (-0.001, 2, "0.00"),
    (0.07, 3, "0.070"), (Double.nan, 2, "nan"), (-Double.nan, 2, "nan"),
    (Double.infinity, 1, "inf"), (-Double.infinity, 1, "-inf"),
    (1e30, 2, "1e+30"), (-1e300, 0, "-1e+300"), (.greatestFiniteMagnitude, 3, "1.7976931348623157e+308"),
    (9e18, 0, "9e+18"), (8.9e18, 0, "8900000000000000000"), (5e-324, 2, "0.00"), (1, 18, "1.000000000000000000"),
    // More digits than an integer holds: not the scale that overflows.
    (0.5, 19, "0.5"), (1e-300, 301, "1e-300"), (0.5, -1, "0.5"),
  ])
  func decimalsAreRounded(_ value: Double, _ places: Int, _ expected: String) {
    #expect(value.text(places: places) == expected)
  }

  @Test(arguments: [(0.00323, "0.0032"), (2.5e-6, "2.5e-6"), (Double.nan, "nan"), (-Double.nan, "nan"), (0, "0.0")])
  func ratesHaveTwoDigits(_ rate: Double, _ expected: String) { #expect(rate.rateText == expected) }

  @Test func percentagesAreHundredfold() {
    #expect(0.91234.percentText() == "91.23 %")
    #expect(1.0.percentText(places: 0) == "100 %")
  }

  @Test(arguments: [
    (0.0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (760.0, "12:40"), (10_930.0, "3:02:10"), (Double.nan, "-:--"),
    (Double.infinity, "-:--"), (-3.0, "0:00"),
  ])
  func secondsReadAsAClock(_ seconds: Double, _ expected: String) { #expect(seconds.clockText == expected) }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (60_000, "60,000"), (1_234_567, "1,234,567"), (-1234, "-1,234"),
  ])
  func thousandsAreSetApart(_ number: Int, _ expected: String) { #expect(number.groupedText == expected) }

  @Test(arguments: [
    (3812.4, "3,812"), (-0.4, "0"), (999.5, "1,000"), (1e15, "1,000,000,000,000,000"), (1e300, "1e+300"),
    (-1e19, "-1e+19"),
    (Double.nan, "nan"), (.infinity, "inf"),
  ])
  func wholeNumbersOfAnySizeAreGrouped(_ number: Double, _ expected: String) { #expect(number.groupedText == expected) }
}
