#pragma once
#include <Eigen/Core>

#include "common/map.hpp"
#include "common/peer.hpp"

// Eigen's own choice of how to multiply, or always entry by entry: faster for fixed sizes a little above its threshold.
enum class Products { chosen, lazy };

// Loss and gradient in Eigen; D and N are sizes or Eigen::Dynamic. States are stored in order O, maps with rows or columns contiguous.
// docs/derivation.md (1)-(9).
template <class T, int D, int N, int O, Contiguous C, Products How = Products::chosen>
struct EigenGradient {
    static constexpr int map_order = C == Contiguous::rows ? Eigen::RowMajor : Eigen::ColMajor;
    using Weights = Eigen::Matrix<T, D, D, O>;
    using States = Eigen::Matrix<T, D, N, O>;
    using Tokens = Eigen::Matrix<T, N, D, O>;
    using Map = Eigen::Matrix<T, N, N, map_order>;
    using Size = std::conditional_t<N == Eigen::Dynamic, int, std::integral_constant<int, N>>;
    using Between = Stage<T, Size, C>;
    using Doubles = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

    Size n;
    Weights W, V;
    States X, Q, R, G;
    Tokens Y, Z, Bo;
    Map B, S, dS;
    T loss = 0;

    EigenGradient(const Question& q, const Problem& p, int at = 0) {
        const int d = q.d;
        if constexpr (N == Eigen::Dynamic) n = q.n;
        const long states = long(at) * q.d * q.n;
        W = Doubles(p.W.data(), d, d).cast<T>(), V = Doubles(p.V.data(), d, d).cast<T>();
        X = Doubles(p.X.data() + states, d, n).cast<T>();
        Q = R = G = X, S.resize(n, n), dS.resize(n, n), Y.resize(n, d), Z.resize(n, d);
        const double* b = p.B.data() + at * q.observed();
        if (q.model == "output") Bo = Doubles(b, n, d).cast<T>();
        else B = Doubles(b, n, n).cast<T>();
    }

    void scores() { prepare(), loss = Between::scores(S.data(), B.data(), n) / 2, gradient(S); }
    void attention() { prepare(), loss = Between::attention(S.data(), B.data(), n) / 2, gradient(S); }
    void log_attention() { prepare(), loss = Between::log_attention(S.data(), B.data(), n) / 2, gradient(S); }

    void output() {
        prepare();
        Between::softmax(S.data(), n);
        Y.noalias() = times(X.transpose(), V);
        Z.noalias() = times(S, Y);
        Z -= Bo;
        loss = Z.squaredNorm() / 2;
        dS.noalias() = times(Z, Y.transpose());
        Between::pull(S.data(), dS.data(), n);
        gradient(dS);
        Y.noalias() = times(S.transpose(), Z);
        G.noalias() += times(V, Y.transpose());
    }

    void (EigenGradient::*of(const std::string& model) const)() {
        return model == "scores"      ? &EigenGradient::scores
               : model == "attention" ? &EigenGradient::attention
               : model == "output"    ? &EigenGradient::output
                                      : &EigenGradient::log_attention;
    }

    void read(double* result) const {
        for (int a = 0; a < G.rows(); a++)
            for (int i = 0; i < G.cols(); i++) *result++ = G(a, i);
    }

protected:
    void prepare() {
        Q.noalias() = times(W, X);
        R.noalias() = times(W.transpose(), X);
        S.noalias() = times(X.transpose(), Q);
    }

    void gradient(const Map& ds) {
        G.noalias() = times(R, ds);
        G.noalias() += times(Q, ds.transpose());
    }

    template <class A, class Other>
    static auto times(const A& a, const Other& b) {
        if constexpr (How == Products::lazy) return a.lazyProduct(b);
        else return a * b;
    }
};

template <class E>
Variant eigen_variant(const std::string& name, const Question& q, const Problem& p) {
    auto it = std::make_shared<E>(q, p);
    const auto evaluate = it->of(q.model);
    return {name,
            [it, evaluate](long k) { while (k-- > 0) (it.get()->*evaluate)(); },
            [it](double* loss, double* result) { *loss = it->loss, it->read(result); }};
}
