"""PyTorch: derivatives by hand ("hand"), or by its autograd ("autograd"), the latter also for batches (torch.bmm)."""
import sys

import torch

import protocol

torch.set_num_threads(1)


class Problem:
    def __init__(self, q, p):
        T = torch.float32 if q.precision == "float" else torch.float64
        self.q = q
        self.W, self.V, self.X, self.U, self.B = (torch.tensor(a, dtype=T).contiguous() for a in (p.W, p.V, p.X, p.U, p.B))
        self.Wt = self.W.t().contiguous()
        self.loss, self.G = None, None

    def read(self):
        return self.loss.detach().double().numpy().reshape(-1), self.G.double().numpy()


class Autograd(Problem):
    def __init__(self, q, p):
        super().__init__(q, p)
        self.X.requires_grad_(True)

    def value(self, X):
        """The loss of one problem or, summed over the last two axes only, of each of a batch."""
        Xt = X.transpose(-1, -2)
        S = torch.bmm(Xt, self.W @ X) if X.dim() == 3 else Xt @ (self.W @ X)
        if self.q.model == "attention":
            Z = torch.softmax(S, dim=-1) - self.B
        elif self.q.model == "output":
            P, Y = torch.softmax(S, dim=-1), Xt @ self.V
            Z = (torch.bmm(P, Y) if X.dim() == 3 else P @ Y) - self.B
        else:
            Z = S - self.B
            if self.q.model == "log-attention":
                Z = Z - Z.mean(dim=-1, keepdim=True)
        return 0.5 * (Z * Z).sum(dim=(-1, -2))

    def gradient(self):
        self.loss = self.value(self.X)
        total = self.loss.sum() if self.loss.dim() else self.loss
        (self.G,) = torch.autograd.grad(total, self.X)

    def ready_for_hessian(self):
        self.loss = self.value(self.X)
        (self.first,) = torch.autograd.grad(self.loss, self.X, create_graph=True)

    def hessian(self):
        (self.G,) = torch.autograd.grad(self.first, self.X, self.U, retain_graph=True)


def broadcast(A, B):
    """The product of each pair of a batch. Past 400 multiplications a pair, this version's bmm loops over them and is the slower one."""
    return (A.unsqueeze(3) * B.unsqueeze(1)).sum(dim=2)


class Tokens(Autograd):
    """A batch with states as rows of tokens: products with W and V become one for the whole batch."""

    def __init__(self, q, p, times):
        super().__init__(q, p)
        self.times = times
        self.X = self.X.detach().transpose(1, 2).contiguous().requires_grad_(True)

    def value(self, Xt):
        S = self.times(Xt, (Xt @ self.Wt).transpose(1, 2))
        if self.q.model == "attention":
            Z = torch.softmax(S, dim=-1) - self.B
        elif self.q.model == "output":
            Z = self.times(torch.softmax(S, dim=-1), Xt @ self.V) - self.B
        else:
            Z = S - self.B
            if self.q.model == "log-attention":
                Z = Z - Z.mean(dim=-1, keepdim=True)
        return 0.5 * (Z * Z).sum(dim=(-1, -2))

    def read(self):
        loss, G = super().read()
        return loss, G.transpose(0, 2, 1)


class Hand(Problem):
    def gradient(self):
        with torch.inference_mode():
            X, model = self.X, self.q.model
            Q, R = self.W @ X, self.Wt @ X
            S = X.t() @ Q
            if model == "scores":
                dS = S.sub_(self.B)
                self.loss = 0.5 * torch.dot(dS.view(-1), dS.view(-1))
            elif model == "log-attention":
                dS = S.sub_(self.B)
                dS.sub_(dS.mean(dim=1, keepdim=True))
                self.loss = 0.5 * torch.dot(dS.view(-1), dS.view(-1))
            elif model == "attention":
                P = torch.softmax(S, dim=1)
                Z = P - self.B
                self.loss = 0.5 * torch.dot(Z.view(-1), Z.view(-1))
                dS = torch._softmax_backward_data(Z, P, 1, P.dtype)
            else:
                P, Y = torch.softmax(S, dim=1), X.t() @ self.V
                Z = torch.addmm(self.B, P, Y, beta=-1)
                self.loss = 0.5 * torch.dot(Z.view(-1), Z.view(-1))
                dS = torch._softmax_backward_data(Z @ Y.t(), P, 1, P.dtype)
            G = torch.addmm(R @ dS, Q, dS.t())
            self.G = G.addmm_(self.V, (P.t() @ Z).t()) if model == "output" else G


def variants(q, p):
    autograd = sys.argv[2] == "autograd"
    if q.evaluation == "gradient":
        it = Autograd(q, p) if autograd else Hand(q, p)
        return [protocol.Variant(sys.argv[2], it.gradient, it.read)]
    if q.evaluation == "batch" and autograd:
        kinds = {
            "bmm": Autograd(q, p),
            "bmm, states as rows": Tokens(q, p, torch.bmm),
            "broadcast": Tokens(q, p, broadcast),
        }
        return [protocol.Variant(name, it.gradient, it.read) for name, it in kinds.items()]
    if q.evaluation == "hessian" and autograd:
        it = Autograd(q, p)
        it.ready_for_hessian()
        return [protocol.Variant("twice backwards", it.hessian, it.read)]
    return []


protocol.serve("pytorch-" + sys.argv[2], sys.argv[1], variants)
