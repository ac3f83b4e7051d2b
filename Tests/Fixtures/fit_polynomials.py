#!/usr/bin/env python3
"""Prints the polynomials of Sources/Unfold/Tensor/Float+*.swift: minimax fits by Remez's exchange algorithm (Muller,
Elementary Functions, chapter 3), in 40 digits, with the coefficients then rounded to single precision.

Each fit says how far the exact and the rounded polynomial are from the function, the latter relative to the function
that is computed from it in the end. Needs mpmath:  python3 Tests/Fixtures/fit_polynomials.py
"""
import struct

import mpmath as mp

mp.mp.dps = 40


def single(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def remez(function, weight, low, high, degree):
    """The polynomial p of least max |weight (p - function)| on [low, high]; the weight must not vanish there."""
    count = degree + 2
    points = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / (count - 1)) for i in range(count)]
    grid = [low + (high - low) * i / mp.mpf(1500) for i in range(1501)]
    wanted = [function(x) for x in grid]
    weights = [weight(x) for x in grid]
    for _ in range(30):
        # On `count` points the error is to have one size and alternating signs.
        rows, values = mp.matrix(count, count), mp.matrix(count, 1)
        for i, x in enumerate(points):
            for k in range(degree + 1):
                rows[i, k] = weight(x) * x**k
            rows[i, degree + 1] = (-1) ** i
            values[i] = weight(x) * function(x)
        solution = mp.lu_solve(rows, values)
        coefficients = [solution[k] for k in range(degree + 1)]
        errors = [w * (mp.polyval(coefficients[::-1], x) - y) for w, x, y in zip(weights, grid, wanted)]
        # The next points are the extrema between its changes of sign.
        extrema = [0]
        for i in range(1, len(grid)):
            if mp.sign(errors[i]) != mp.sign(errors[extrema[-1]]):
                extrema.append(i)
            elif abs(errors[i]) > abs(errors[extrema[-1]]):
                extrema[-1] = i
        while len(extrema) > count:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        largest = max(map(abs, errors))
        if len(extrema) < count or largest <= abs(solution[degree + 1]) * mp.mpf("1.001"):
            break
        points = [grid[i] for i in extrema]
    return coefficients, largest


def rounded_one_by_one(function, weight, low, high, degree):
    """The coefficients of a fit in single precision, the higher ones fitted again to what each rounding left over."""
    coefficients, _ = remez(function, weight, low, high, degree)
    first = single(coefficients[0])
    if degree == 0:
        return [first]
    # p(x) = first + x q(x). On an interval that contains 0 the weight of q would vanish there.
    return [first] + rounded_one_by_one(
        lambda x: (function(x) - first) / x, lambda x: weight(x) * x, low, high, degree - 1)


def fit(name, function, weight, relative, low, high, degree):
    low, high = mp.mpf(low), mp.mpf(high)
    coefficients, error = remez(function, weight, low, high, degree)
    if low > 0:
        rounded = rounded_one_by_one(function, weight, low, high, degree)
    else:
        rounded = [single(c) for c in coefficients]
    grid = [low + (high - low) * i / mp.mpf(2001) for i in range(2002)]
    achieved = max(abs(relative(x) * (mp.polyval(rounded[::-1], x) - function(x))) for x in grid)
    print(f"{name}: degree {degree}, minimax 2^{float(mp.log(error, 2)):.1f}, "
          f"rounded 2^{float(mp.log(achieved, 2)):.1f} relative")
    for power, coefficient in enumerate(rounded):
        print(f"  x^{power}  {coefficient.hex()}")


def near_zero(quotient, limit):
    """A quotient of two functions that vanish at 0, with its limit there."""
    return lambda x: quotient(x) if abs(x) > mp.mpf("1e-10") else mp.mpf(limit)


half = mp.log(2) / 2 * mp.mpf("1.002")  # rounding to the nearest multiple of ln 2 errs a little
fit("exponential: e^r = 1 + r + r^2 q(r)",
    near_zero(lambda r: (mp.expm1(r) - r) / r**2, 0.5), lambda r: mp.mpf("0.35"),
    near_zero(lambda r: r**2 / mp.expm1(r), 0), -half, half, 5)
fit("logarithm: log(1 + f) = f - f^2/2 + f^3 p(f)",
    near_zero(lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3, mp.mpf(1) / 3), lambda f: f**2 + mp.mpf("0.02"),
    near_zero(lambda f: f**3 / mp.log1p(f), 0),
    mp.sqrt(0.5) - 1 - mp.mpf("1e-6"), mp.sqrt(2) - 1 + mp.mpf("1e-6"), 8)


def fit_quotient(name, function, low_value, high, centre, degree):
    """n(x) / d(x) of degrees m and m + 1 on [0, high] with n(0) / d(0) = low_value, d(0) = 1: interpolation at the
    Chebyshev points of u = (x - centre) / (x + centre), which is near the best; all coefficients come out positive."""
    count = 2 * degree + 1
    low, top = mp.mpf(-1), mp.mpf(high - centre) / (high + centre)
    points = [(low + top) / 2 - (top - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    rows, values = mp.matrix(count, count), mp.matrix(count, 1)
    for i, u in enumerate(points):
        x = centre * (1 + u) / (1 - u)
        y, unit = function(x), x ** (degree + 1)
        # n_1 ... n_m, d_0 ... d_m, with n_0 = low_value d_0 and d_(m+1) = 1.
        for k in range(1, degree + 1):
            rows[i, k - 1], rows[i, degree + k] = x**k / unit, -y * x**k / unit
        rows[i, degree], values[i] = (low_value - y) / unit, y
    solution = mp.lu_solve(rows, values)
    first = solution[degree]
    numerator = [low_value] + [solution[k] / first for k in range(degree)]
    denominator = [solution[degree + k] / first for k in range(degree + 1)] + [1 / first]

    def error(n, d):
        grid = [mp.mpf(high) * i / 2000 for i in range(2001)]
        return max(abs(mp.polyval(n[::-1], x) / mp.polyval(d[::-1], x) / function(x) - 1) for x in grid)

    exact = error(numerator, denominator)
    numerator, denominator = [single(c) for c in numerator], [single(c) for c in denominator]
    print(f"{name}: degrees {degree} and {degree + 1}, 2^{float(mp.log(exact, 2)):.1f}, "
          f"rounded 2^{float(mp.log(error(numerator, denominator), 2)):.1f} relative")
    for power, coefficient in enumerate(numerator):
        print(f"  n x^{power}  {coefficient.hex()}")
    for power, coefficient in enumerate(denominator):
        print(f"  d x^{power}  {coefficient.hex()}")


fit_quotient("normal tail: (1 - Phi(x)) / e^(-x^2/2) = n(x) / d(x)",
             lambda x: mp.erfc(x / mp.sqrt(2)) * mp.exp(x**2 / 2) / 2, mp.mpf("0.5"), mp.mpf("14.5"), 3, 5)
