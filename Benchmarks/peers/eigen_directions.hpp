#pragma once
#include "eigen.hpp"

// Hessian and Gauss-Newton matrix times a direction, with everything that depends on X alone kept from the gradient. Row-major throughout.
// docs/derivation.md (8)-(11).
template <class T>
struct EigenDirections : EigenGradient<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor, Contiguous::rows> {
    using Base = EigenGradient<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor, Contiguous::rows>;
    using typename Base::Between, typename Base::Map, typename Base::States, typename Base::Weights;
    using Base::B, Base::G, Base::Q, Base::R, Base::S, Base::W, Base::X, Base::n;
    const bool attention, centred;
    States U, WU, WtU;
    Map P, E, K;
    Weights M, RUt, QUt;

    EigenDirections(const Question& q, const Problem& p)
        : Base(q, p), attention(q.model == "attention"), centred(q.model == "log-attention"),
          U(typename Base::Doubles(p.U.data(), q.d, q.n).template cast<T>()), WU(U), WtU(U), K(q.n, q.n) {
        Base::prepare();
        if (attention) Between::softmax(S.data(), n), P = S;
        (this->*Base::of(q.model))();  // S is dS from here on.
        if (attention) E = P - B;
        M = Q * Q.transpose() + R * R.transpose(), RUt = QUt = M;
    }

    // K = the tangent of S, or of P.
    void tangent() {
        K.noalias() = U.transpose() * Q;
        K.noalias() += R.transpose() * U;
        if (attention) Between::pull(P.data(), K.data(), n);
        if (centred) K.colwise() -= K.rowwise().mean().eval();
    }

    void gauss_newton() {
        tangent();
        if (attention) Between::pull(P.data(), K.data(), n);
        Base::gradient(K);
    }

    // The same for scores in d×d matrices: (I⊗M + Φ)U, fewer operations where n > d.
    void structured() {
        RUt.noalias() = R * U.transpose();
        QUt.noalias() = Q * U.transpose();
        G.noalias() = M * U;
        G.noalias() += RUt * Q;
        G.noalias() += QUt * R;
    }

    void hessian() {
        tangent();
        if (attention) bend();
        WU.noalias() = W * U;
        WtU.noalias() = W.transpose() * U;
        Base::gradient(K);
        G.noalias() += WtU * S;
        G.noalias() += WU * S.transpose();
    }

private:
    // dP in K becomes the tangent of dS = P ∘ (E − rowsum(P ∘ E)).
    void bend() {
        const int size = n;
        for (int i = 0; i < size; i++) {
            T *k = &K(i, 0), r = 0, dr = 0;
            const T *p = &P(i, 0), *e = &E(i, 0);
            for (int j = 0; j < size; j++) r += p[j] * e[j], dr += k[j] * (e[j] + p[j]);
            for (int j = 0; j < size; j++) k[j] = k[j] * (e[j] - r) + p[j] * (k[j] - dr);
        }
    }
};

template <class T>
Variant direction_variant(const std::string& name, const Question& q, const Problem& p, void (EigenDirections<T>::*evaluate)()) {
    auto it = std::make_shared<EigenDirections<T>>(q, p);
    return {name,
            [it, evaluate](long k) { while (k-- > 0) (it.get()->*evaluate)(); },
            [it](double* loss, double* result) { *loss = it->loss, it->read(result); }};
}
