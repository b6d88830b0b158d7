#pragma once
#include <memory>

#include "map.hpp"
#include "memory.hpp"
#include "peer.hpp"

// Loss and gradient from the matrix products of a library, all row-major. Gemm<T> prepares one product of fixed shape:
// Gemm<T>(transposeA, transposeB, m, n, k, add)(A, B, C) sets or adds op(A)·op(B), m×n, to C. docs/derivation.md (1)-(9).
template <class T, class Gemm>
class GemmGradient {
    const Question q;
    const int d, n;
    const bool rows;
    const Map<T> map;
    Block<T> W, V, X, B, Wt, Vt, Q, R, S, G, Yt, Zt, ZP, dS;
    Gemm weigh, score, spread, gather, output, back, value;

public:
    T loss = 0;

    template <class... Options>
    GemmGradient(const Question& q, const Problem& p, Contiguous c, Options... o)
        : q(q), d(q.d), n(q.n), rows(c == Contiguous::rows), map(Map<T>::of(c, n)),
          W(block<T>(p.W)), V(block<T>(p.V)), X(block<T>(p.X)),
          B(q.model == "output" ? transposed<T>(p.B, n, d) : rows ? block<T>(p.B) : transposed<T>(p.B, n, n)),
          Wt(transposed<T>(p.W, d, d)), Vt(transposed<T>(p.V, d, d)),
          Q(states()), R(states()), S(block<T>(long(n) * n)), G(states()), Yt(states()), Zt(states()), ZP(states()), dS(block<T>(long(n) * n)),
          weigh(false, false, d, n, d, false, o...), score(true, false, n, n, d, false, o...),
          spread(false, false, d, n, n, false, o...), gather(false, true, d, n, n, true, o...),
          output(false, rows, d, n, n, false, o...), back(false, !rows, d, n, n, false, o...), value(false, false, d, n, d, true, o...) {}

    void run() {
        weigh(W.get(), X.get(), Q.get());
        weigh(Wt.get(), X.get(), R.get());
        rows ? score(X.get(), Q.get(), S.get()) : score(Q.get(), X.get(), S.get());
        if (q.model == "output") return run_output();
        loss = (q.model == "scores" ? map.scores : q.model == "attention" ? map.attention : map.log_attention)(S.get(), B.get(), n) / 2;
        gradient(S.get());
    }

    void read(double* l, double* g) const {
        *l = loss;
        for (long i = 0; i < long(d) * n; i++) g[i] = G[i];
    }

private:
    Block<T> states() const { return block<T>(long(d) * n); }

    void gradient(const T* ds) {
        spread(rows ? R.get() : Q.get(), ds, G.get());
        gather(rows ? Q.get() : R.get(), ds, G.get());
    }

    // Yᵀ = VᵀX, Zᵀ = YᵀPᵀ − Bᵀ: the long side of every matrix stays contiguous.
    void run_output() {
        map.softmax(S.get(), n);
        weigh(Vt.get(), X.get(), Yt.get());
        output(Yt.get(), S.get(), Zt.get());
        T sum = 0;
        for (long i = 0; i < long(d) * n; i++) {
            Zt[i] -= B[i];
            sum += Zt[i] * Zt[i];
        }
        loss = sum / 2;
        rows ? score(Zt.get(), Yt.get(), dS.get()) : score(Yt.get(), Zt.get(), dS.get());
        back(Zt.get(), S.get(), ZP.get());
        map.pull(S.get(), dS.get(), n);
        gradient(dS.get());
        value(V.get(), ZP.get(), G.get());
    }
};

template <class T, class Gemm, class... Options>
Variant gemm_variant(const std::string& name, const Question& q, const Problem& p, Contiguous c, Options... options) {
    auto it = std::make_shared<GemmGradient<T, Gemm>>(q, p, c, options...);
    return {name, [it](long k) { while (k-- > 0) it->run(); }, [it](double* loss, double* g) { it->read(loss, g); }};
}
