"""NumPy, derivatives by hand, into buffers that are kept. docs/derivation.md (1)-(11)."""
import sys

import numpy as np

import protocol


class Gradient:
    def __init__(self, q, p):
        self.q = q
        T = np.float32 if q.precision == "float" else np.float64
        self.W, self.V, self.X, self.U, self.B = (np.ascontiguousarray(a, dtype=T) for a in (p.W, p.V, p.X, p.U, p.B))
        self.Wt, self.Xt = np.ascontiguousarray(self.W.T), self.X.T
        self.Q, self.R, self.G, self.F = (np.empty_like(self.X) for _ in range(4))
        self.S, self.Z, self.K = (np.empty((q.n, q.n), T) for _ in range(3))
        self.Y, self.E, self.D = (np.empty((q.n, q.d), T) for _ in range(3))
        self.loss = 0.0
        self.run = {"scores": self.scores, "attention": self.attention, "log-attention": self.log_attention, "output": self.output}[q.model]

    def prepare(self):
        np.matmul(self.W, self.X, out=self.Q)
        np.matmul(self.Wt, self.X, out=self.R)
        np.matmul(self.Xt, self.Q, out=self.S)

    def softmax(self):
        S = self.S
        S -= S.max(axis=1, keepdims=True)
        np.exp(S, out=S)
        S /= S.sum(axis=1, keepdims=True)

    def half_square(self, Z):
        flat = Z.ravel()
        self.loss = 0.5 * float(np.dot(flat, flat))

    def gradient(self, dS):
        np.matmul(self.R, dS, out=self.G)
        np.matmul(self.Q, dS.T, out=self.F)
        self.G += self.F

    def pull(self, dP):
        """dP into dS, in place."""
        inner = np.einsum("ij,ij->i", self.S, dP)
        dP -= inner[:, None]
        dP *= self.S

    def scores(self):
        self.prepare()
        np.subtract(self.S, self.B, out=self.Z)
        self.half_square(self.Z)
        self.gradient(self.Z)

    def attention(self):
        self.prepare()
        self.softmax()
        np.subtract(self.S, self.B, out=self.Z)
        self.half_square(self.Z)
        self.pull(self.Z)
        self.gradient(self.Z)

    def log_attention(self):
        self.prepare()
        np.subtract(self.S, self.B, out=self.Z)
        self.Z -= self.Z.mean(axis=1, keepdims=True)
        self.half_square(self.Z)
        self.gradient(self.Z)

    def output(self):
        self.prepare()
        self.softmax()
        np.matmul(self.Xt, self.V, out=self.Y)
        np.matmul(self.S, self.Y, out=self.E)
        self.E -= self.B
        self.half_square(self.E)
        np.matmul(self.E, self.Y.T, out=self.Z)
        self.pull(self.Z)
        self.gradient(self.Z)
        np.matmul(self.S.T, self.E, out=self.D)
        np.matmul(self.V, self.D.T, out=self.F)
        self.G += self.F

    def read(self):
        return [self.loss], self.G


class Directions(Gradient):
    """Products with a direction; what depends on X alone is kept from the gradient."""

    def __init__(self, q, p):
        super().__init__(q, p)
        self.run()
        self.A, self.C = np.empty_like(self.X), np.empty_like(self.X)
        self.residual = self.S - self.B if q.model == "attention" else None
        self.M = self.Q @ self.Q.T + self.R @ self.R.T

    def tangent(self):
        np.matmul(self.U.T, self.Q, out=self.K)
        self.K += self.R.T @ self.U
        if self.q.model == "attention":
            self.pull(self.K)
        if self.q.model == "log-attention":
            self.K -= self.K.mean(axis=1, keepdims=True)

    def gauss_newton(self):
        self.tangent()
        if self.q.model == "attention":
            self.pull(self.K)
        self.gradient(self.K)

    def structured(self):
        np.matmul(self.M, self.U, out=self.G)
        self.G += (self.R @ self.U.T) @ self.Q
        self.G += (self.Q @ self.U.T) @ self.R

    def hessian(self):
        self.tangent()
        if self.q.model == "attention":
            P, E, K = self.S, self.residual, self.K
            r = np.einsum("ij,ij->i", P, E)[:, None]
            dr = (np.einsum("ij,ij->i", K, E) + np.einsum("ij,ij->i", K, P))[:, None]
            self.K = K * (E - r) + P * (K - dr)
        self.gradient(self.K)
        np.matmul(self.W, self.U, out=self.A)
        np.matmul(self.Wt, self.U, out=self.C)
        np.matmul(self.C, self.Z, out=self.F)
        self.G += self.F
        np.matmul(self.A, self.Z.T, out=self.F)
        self.G += self.F


def variants(q, p):
    if q.evaluation == "gradient":
        it = Gradient(q, p)
        return [protocol.Variant("by hand", it.run, it.read)]
    if q.evaluation == "batch" or q.model == "output":
        return []
    it = Directions(q, p)
    if q.evaluation == "hessian":
        return [protocol.Variant("by hand", it.hessian, it.read)]
    found = [protocol.Variant("by hand", it.gauss_newton, it.read)]
    return found + [protocol.Variant("structured", it.structured, it.read)] if q.model == "scores" else found


protocol.serve("numpy", sys.argv[1], variants)
