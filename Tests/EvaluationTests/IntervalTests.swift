import Evaluation
import Testing

struct IntervalTests {
    /// From SciPy: `binomtest(k, n).proportion_ci(method="wilson")`.
    @Test(arguments: [
        (0, 10, 0.0, 0.27753279986288926), (5, 10, 0.236593090512564, 0.7634069094874361),
        (10, 10, 0.7224672001371109, 1.0), (1, 1, 0.20654931437723745, 1.0),
        (474, 650, 0.6937974224342047, 0.7619705561480801), (36200, 50000, 0.7200647014826962, 0.7279008816904868),
        (1, 50000, 3.530499822832098e-06, 0.00011328970139120264),
    ])
    func wilsonGivesKnownValues(successes: Int, n: Int, low: Double, high: Double) {
        let interval = Interval.wilson(successes: successes, n: n)
        #expect(abs(interval.low - low) < 1e-12)
        #expect(abs(interval.high - high) < 1e-12)
    }

    @Test func wilsonEndsExactly() {
        for n in 1...300 {
            #expect(Interval.wilson(successes: 0, n: n).low == 0)
            #expect(Interval.wilson(successes: n, n: n).high == 1)
            #expect(Interval.wilson(successes: 0, n: n).high < 1)
        }
        #expect(Interval.wilson(successes: 0, n: 0) == Interval(low: 0, high: 1))
    }

    @Test func intervalOfAMean() throws {
        // Mean .5, standard deviation .5 / sqrt(3/4): half width z * sqrt(1/12).
        let interval = try #require(Interval.ofMean([0, 1, 0, 1]))
        #expect(abs(interval.low - 0) < 1e-15)
        #expect(interval.high == 1)
        let narrow = try #require(Interval.ofMean([0.4, 0.6, 0.4, 0.6, 0.5]))
        // Variance .01 with n - 1: half width 1.959963984540054 * .1 / sqrt(5).
        #expect(abs(narrow.low - (0.5 - 0.08765225405765817)) < 1e-12)
        #expect(abs(narrow.high - (0.5 + 0.08765225405765817)) < 1e-12)
        #expect(Interval.ofMean([0.5]) == nil)
    }

    @Test func aRateOfNothingHasNoValue() {
        #expect(Rate(count: 0, of: 0).value == nil)
        #expect(Rate(count: 0, of: 0).interval == nil)
        #expect(Rate(count: 1, of: 4).value == 0.25)
    }
}
