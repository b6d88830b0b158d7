#!/usr/bin/python3
"""The Levenberg-Marquardt method of Pipeline/Solvers/Iterative, with NumPy and with PyTorch.

    levenberg_marquardt.py write D N SEED FILE                draws a problem and a start near its truth
    levenberg_marquardt.py numpy FILE REPEATS WARM            hand-derived products
    levenberg_marquardt.py torch FILE REPEATS WARM            every derivative by autograd
    levenberg_marquardt.py numpy-factor FILE REPEATS WARM     the same with our factor: the matrix (17), LAPACK
    levenberg_marquardt.py torch-factor FILE REPEATS WARM     likewise, the matrix by batched autograd

All do what the C# does outside the linear system: docs/derivation.md (13), (14), (16), the same damping rule, the same tolerances. Those with our
factor make the same choice between conjugate gradients and a Cholesky factor. The plain ones have products only: conjugate gradients over as few
tokens (5 % quicker than over all n), as closely as it takes to need no more outer iterations than with exact steps. A file holds doubles: d, n, W (d x d), the map (n x n), the
start (d x n). WARM runs go before the REPEATS that are timed. One line of JSON is printed.
"""
import json
import math
import statistics
import sys
import time

import numpy as np

TOLERANCE = 1e-10
AMBITION = 0.01
INEXACT = 1e-2  # where a factor takes over
ALONE = 1e-4  # where nothing does
FLOOR = 1e-2
MOST_DENSE = 4200
PRODUCTS_PER_FACTOR = 32
RELIEF = 64


def write(d, n, seed, path):
    rng = np.random.default_rng(seed)
    w = rng.standard_normal((d, d)) / d
    x = rng.standard_normal((d, n))
    s = x.T @ w @ x
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    start = x + 0.1 * rng.standard_normal((d, n))
    np.concatenate([[d, n], w.ravel(), p.ravel(), start.ravel()]).tofile(path)


def read(path):
    v = np.fromfile(path)
    d, n = int(v[0]), int(v[1])
    w, p, x = np.split(v[2:], [d * d, d * d + n * n])
    return w.reshape(d, d), p.reshape(n, n), x.reshape(d, n)


def noise_of(p):
    # Half a unit in the last place of every probability, as an error of its logarithm.
    error = np.ldexp(0.5, np.frexp(p)[1] - 1 - 52) / p
    return 4 / math.sqrt(3) * math.sqrt(float((error * error).sum()))


class Step:
    """(A + lambda I) v = b by conjugate gradients, with a factor only while they are quicker; what both sides share."""

    def __init__(self, d, n, factors):
        self.d, self.n, self.r = d, n, min(n, d + 1)
        self.size = d * self.r
        self.factored = factors and self.size <= MOST_DENSE
        self.most = max(8, d * self.size // PRODUCTS_PER_FACTOR) if self.factored else 2000 if factors else 100 * self.size
        self.tolerance = INEXACT if factors else ALONE
        self.too_small = 0.0
        self.products = self.factors = 0
        self.held = None

    def inner(self, damping, b):
        if not self.factored:
            return self.conjugate(damping, b)[0]
        if damping > self.too_small and self.held != damping:
            v, count, solved = self.conjugate(damping, b)
            self.too_small = max(self.too_small, damping * (count / self.most) ** 2)
            if solved:
                return v
        if self.held != damping:
            self.definite = self.factor(damping)
            self.held = damping
            self.factors += 1
        return self.whole(b) if self.definite else None


def descend(side, x, noise, most=300):
    """The outer loop: derivation.md (13)."""
    loss, gradient = side.gradient(x)
    step = side.step
    step.move_to(x)
    damping = 1e-3 * max(step.unit(gradient), 1e-12)
    smallest, largest = damping * 1e-10, damping * 1e20
    accepted, iteration, readily, moved = 0.0, 0, True, False

    def done():
        r = math.sqrt(2 * loss)
        return r <= max(AMBITION * TOLERANCE, noise) or (not readily and r <= max(TOLERANCE, noise))

    while iteration < most and damping < largest and not done():
        iteration += 1
        if moved:
            step.move_to(x)
        moved = False
        p, promised = step.solve(damping, gradient)
        if p is None:
            damping *= 10
            readily = False
            continue
        q, _ = step.solve(damping, 0.5 * side.bend(x, p))
        if side.norm(q) <= 0.5 * side.norm(p):
            p = p + q
        trial = x + p
        reached = side.loss(trial)
        agreement = (loss - reached) / promised
        readily = reached < 0.01 * loss
        if agreement > 1e-4 and reached < loss:
            accepted = damping
            x = trial
            loss, gradient = side.gradient(x)
            moved = True
            if agreement > 0.75:
                damping = max(smallest, damping / RELIEF)
            elif agreement < 0.25:
                damping *= 3
        else:
            damping = max(4 * damping, math.sqrt(damping * accepted))
    return x, loss, iteration


# NumPy: hand-derived products.

def numpy_side(w, p, factors):
    from scipy.linalg import blas, lapack

    wt = np.ascontiguousarray(w.T)
    log_p = np.log(p)
    log_p -= log_p.mean(1, keepdims=True)

    class NumpyStep(Step):
        def __init__(self, d, n):
            super().__init__(d, n, factors)
            shape = (d, self.r)
            self.v, self.res, self.dir, self.prod, self.tmp = (np.empty(shape) for _ in range(5))
            self.cen = np.empty(shape)
            self.y, self.y2 = np.empty((self.r, self.r)), np.empty((self.r, self.r))

        def move_to(self, x):
            d, n, r = self.d, self.n, self.r
            if r < n:
                t = np.linalg.qr(np.column_stack([np.ones(n), x.T]))[0]
                if t[0, 0] < 0:
                    t = -t
                e = np.full(r, -1 / math.sqrt(r))
                e[0] += 1
                self.t = t - np.outer(t @ e, e / (1 - 1 / math.sqrt(r)))
                x = x @ self.t
            q, u = w @ x, wt @ x
            m = q @ q.T + u @ u.T
            m[np.diag_indices(d)] += FLOOR * np.trace(m) / d
            self.l = lapack.dpotrf(m, lower=1)[0]
            q, u = self.white(q), self.white(u)
            self.q = np.ascontiguousarray(q - q.mean(1, keepdims=True))
            self.u = np.ascontiguousarray(u)
            self.ut = np.ascontiguousarray(u.T)
            self.qq, self.uu = self.q @ self.q.T, self.u @ self.u.T
            self.held = self.matrix = self.rest_held = None

        def white(self, g):
            return blas.dtrsm(1.0, self.l, g, lower=1)

        def product(self, v, out):
            np.subtract(v, v.mean(1, keepdims=True), out=self.cen)
            np.matmul(v.T, self.q, out=self.y)
            np.matmul(self.ut, self.cen, out=self.y2)
            self.y += self.y2
            np.matmul(self.q, self.y.T, out=out)
            np.matmul(self.u, self.y, out=self.tmp)
            out += self.tmp
            self.products += 1

        def conjugate(self, damping, b):
            v, res, direction, prod, tmp = self.v, self.res, self.dir, self.prod, self.tmp
            v.fill(0)
            res[:] = b
            direction[:] = b
            square = np.vdot(res, res)
            goal = self.tolerance * self.tolerance * square
            count = 0
            while square > goal:
                if count == self.most:
                    return v, count, False
                self.product(direction, prod)
                np.multiply(direction, damping, out=tmp)
                prod += tmp
                length = square / np.vdot(direction, prod)
                np.multiply(direction, length, out=tmp)
                v += tmp
                prod *= length
                res -= prod
                nxt = np.vdot(res, res)
                direction *= nxt / square
                direction += res
                square = nxt
                count += 1
            return v, count, True

        def factor(self, damping):
            d, r = self.d, self.r
            if self.matrix is None:
                a = np.multiply(self.q[:, None, None, :], self.u.T[None, :, :, None])  # Q_aj U_bi
                a += np.multiply(self.u[:, None, None, :], self.q.T[None, :, :, None])  # U_aj Q_bi
                a -= (self.uu / r)[:, None, :, None]
                i = np.arange(r)
                a[:, i, :, i] += (self.qq + self.uu)[None]
                self.matrix = a.reshape(d * r, d * r)
            a = self.matrix.copy()
            a.ravel()[:: d * r + 1] += damping
            # A symmetric matrix in C order is one in Fortran order: nothing is copied.
            self.chol, info = lapack.dpotrf(a.T, lower=1, overwrite_a=1, clean=0)
            return info == 0

        def whole(self, b):
            return lapack.dpotrs(self.chol, b.ravel(), lower=1)[0].reshape(b.shape)

        def solve(self, damping, gradient):
            b = -self.white(gradient)
            if self.r == self.n:
                v = self.inner(damping, b)
                if v is None:
                    return None, None
                promised = 0.5 * np.vdot(b, v)
            else:
                small = b @ self.t
                rest = b - small @ self.t.T
                v = self.inner(damping, small)
                if v is None:
                    return None, None
                promised = 0.5 * np.vdot(small, v)
                if self.rest_held != damping:
                    m = self.qq + self.uu
                    m[np.diag_indices(self.d)] += damping
                    self.rest_chol, self.rest_held = lapack.dpotrf(m, lower=1)[0], damping
                solved = lapack.dpotrs(self.rest_chol, rest, lower=1)[0]
                promised += 0.5 * np.vdot(rest, solved)
                v = v @ self.t.T + solved
            return blas.dtrsm(1.0, self.l, v, lower=1, trans_a=1), promised

        def unit(self, gradient):
            g = self.white(gradient)
            if self.r < self.n:
                g = g @ self.t
            out = np.empty_like(self.prod)
            self.product(np.ascontiguousarray(g), out)
            return abs(np.vdot(g, out)) / np.vdot(g, g)

    class Side:
        step = NumpyStep(w.shape[0], p.shape[0])
        norm = staticmethod(np.linalg.norm)

        @staticmethod
        def residual(x, q):
            z = x.T @ q
            z -= z.mean(1, keepdims=True)
            z -= log_p
            return z

        @staticmethod
        def loss(x):
            z = Side.residual(x, w @ x)
            return 0.5 * float(np.vdot(z, z))

        @staticmethod
        def gradient(x):
            Side.q, Side.u = w @ x, wt @ x
            z = Side.residual(x, Side.q)
            return 0.5 * float(np.vdot(z, z)), Side.q @ z.T + Side.u @ z

        @staticmethod
        def bend(x, v):
            y = v.T @ (w @ v)
            y *= 2
            y -= y.mean(1, keepdims=True)
            return Side.q @ y.T + Side.u @ y

    return Side, lambda x: x


# PyTorch: every derivative by autograd.

def torch_side(w, p, factors):
    import torch
    import functorch

    torch.set_default_dtype(torch.float64)
    w = torch.from_numpy(w)
    log_p = torch.from_numpy(np.log(p))
    log_p = log_p - log_p.mean(1, keepdim=True)

    def centred(z):
        return z - z.mean(1, keepdim=True)

    def residual(x):
        return centred(x.T @ (w @ x)) - log_p

    class TorchStep(Step):
        def __init__(self, d, n):
            super().__init__(d, n, factors)

        def move_to(self, x):
            d, n, r = self.d, self.n, self.r
            if r < n:
                t = torch.linalg.qr(torch.cat([torch.ones(n, 1), x.T], 1))[0]
                if t[0, 0] < 0:
                    t = -t
                e = torch.full((r,), -1 / math.sqrt(r))
                e[0] += 1
                self.t = t - torch.outer(t @ e, e / (1 - 1 / math.sqrt(r)))
                x = x @ self.t
            q, u = w @ x, w.T @ x
            m = q @ q.T + u @ u.T
            m.diagonal().add_(FLOOR * m.trace() / d)
            self.l = torch.linalg.cholesky(m)
            white = self.white(self.white(w).T).T.contiguous()  # L^-1 W L^-T
            # The graph of J and of its transpose, once a point; every product is a walk through each.
            self.x = (self.l.T @ x).requires_grad_()
            self.z = centred(self.x.T @ (white @ self.x))
            self.seed = torch.zeros_like(self.z, requires_grad=True)
            self.back, = torch.autograd.grad(self.z, self.x, self.seed, create_graph=True)
            if r < n:
                q, u = self.white(q), self.white(u)
                q = centred(q)
                self.rest_matrix = q @ q.T + u @ u.T
            self.held = self.matrix = self.rest_held = None

        def white(self, g):
            return torch.linalg.solve_triangular(self.l, g, upper=False)

        def product(self, v, batched=False):
            tangent, = torch.autograd.grad(self.back, self.seed, v, retain_graph=True, is_grads_batched=batched)
            result, = torch.autograd.grad(self.z, self.x, tangent, retain_graph=True, is_grads_batched=batched)
            self.products += 0 if batched else 1
            return result

        def conjugate(self, damping, b):
            v, res, direction = torch.zeros_like(b), b.clone(), b.clone()
            square = float(torch.sum(res * res))
            goal = self.tolerance * self.tolerance * square
            count = 0
            while square > goal:
                if count == self.most:
                    return v, count, False
                prod = self.product(direction).add_(direction, alpha=damping)
                length = square / float(torch.sum(direction * prod))
                v.add_(direction, alpha=length)
                res.sub_(prod, alpha=length)
                nxt = float(torch.sum(res * res))
                direction.mul_(nxt / square).add_(res)
                square = nxt
                count += 1
            return v, count, True

        def factor(self, damping):
            if self.matrix is None:
                unit = torch.eye(self.size).reshape(self.size, self.d, self.r)
                rows = [self.product(chunk, batched=True) for chunk in unit.split(512)]
                self.matrix = torch.cat(rows).reshape(self.size, self.size)
            a = self.matrix.clone()
            a.diagonal().add_(damping)
            self.chol, info = torch.linalg.cholesky_ex(a)
            return int(info) == 0

        def whole(self, b):
            return torch.cholesky_solve(b.reshape(-1, 1), self.chol).reshape(b.shape)

        def solve(self, damping, gradient):
            b = -self.white(gradient)
            if self.r == self.n:
                v = self.inner(damping, b)
                if v is None:
                    return None, None
                promised = 0.5 * float(torch.sum(b * v))
            else:
                small = b @ self.t
                rest = b - small @ self.t.T
                v = self.inner(damping, small)
                if v is None:
                    return None, None
                promised = 0.5 * float(torch.sum(small * v))
                if self.rest_held != damping:
                    m = self.rest_matrix.clone()
                    m.diagonal().add_(damping)
                    self.rest_chol, self.rest_held = torch.linalg.cholesky(m), damping
                solved = torch.cholesky_solve(rest, self.rest_chol)
                promised += 0.5 * float(torch.sum(rest * solved))
                v = v @ self.t.T + solved
            return torch.linalg.solve_triangular(self.l.T, v, upper=True), promised

        def unit(self, gradient):
            g = self.white(gradient)
            if self.r < self.n:
                g = g @ self.t
            out = self.product(g)
            return abs(float(torch.sum(g * out))) / float(torch.sum(g * g))

    class Side:
        step = TorchStep(w.shape[0], p.shape[0])

        @staticmethod
        def norm(v):
            return float(torch.linalg.norm(v))

        @staticmethod
        def loss(x):
            with torch.no_grad():
                z = residual(x)
                return 0.5 * float(torch.sum(z * z))

        @staticmethod
        def gradient(x):
            Side.x = x.detach().requires_grad_()
            Side.z = residual(Side.x)
            value = 0.5 * torch.sum(Side.z * Side.z)
            g, = torch.autograd.grad(value, Side.x, retain_graph=True)
            return float(value), g

        @staticmethod
        def bend(x, v):
            def along(y):
                return functorch.jvp(residual, (y,), (v,))[1]
            second = functorch.jvp(along, (x,), (v,))[1]
            return torch.autograd.grad(Side.z, Side.x, second, retain_graph=True)[0]

    return Side, torch.from_numpy


def main():
    if sys.argv[1] == "write":
        write(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
        return
    w, p, start = read(sys.argv[2])
    library, factors = (sys.argv[1].split("-") + [None])[:2]
    warm, seconds = int(sys.argv[4]), []
    for _ in range(warm + int(sys.argv[3])):
        begin = time.perf_counter()
        side, enter = (numpy_side if library == "numpy" else torch_side)(w, p, factors is not None)
        x, loss, iterations = descend(side, enter(start), noise_of(p))
        seconds.append(time.perf_counter() - begin)
    print(json.dumps({
        "side": library + (", our factor" if factors else ""), "iterations": iterations, "products": side.step.products, "factors": side.step.factors,
        "residual": math.sqrt(2 * loss), "seconds": statistics.median(seconds[warm:]), "best": min(seconds[warm:])}))


main()
