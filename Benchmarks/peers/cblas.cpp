// OpenBLAS or BLIS, whichever it is built with: both export the same names, so each has a program of its own.
#include <cblas.h>

#include "common/gemm_gradient.hpp"

namespace {

template <class T>
class Gemm {
    CBLAS_TRANSPOSE a, b;
    int m, n, k;
    T beta;

public:
    Gemm(bool transposeA, bool transposeB, int m, int n, int k, bool add)
        : a(transposeA ? CblasTrans : CblasNoTrans), b(transposeB ? CblasTrans : CblasNoTrans), m(m), n(n), k(k), beta(add) {}

    void operator()(const T* A, const T* B, T* C) const {
        const int lda = a == CblasTrans ? m : k, ldb = b == CblasTrans ? k : n;
        if constexpr (sizeof(T) == 4) cblas_sgemm(CblasRowMajor, a, b, m, n, k, 1, A, lda, B, ldb, beta, C, n);
        else cblas_dgemm(CblasRowMajor, a, b, m, n, k, 1, A, lda, B, ldb, beta, C, n);
    }
};

template <class T>
std::vector<Variant> variants(const Question& q, const Problem& p) {
    std::vector<Variant> all{gemm_variant<T, Gemm<T>>("rows", q, p, Contiguous::rows)};
    if (q.n <= 64) all.push_back(gemm_variant<T, Gemm<T>>("columns", q, p, Contiguous::columns));
    return all;
}

}  // namespace

int main(int count, char** arguments) {
    return peer::serve(PEER, count, arguments, [](const Question& q, const Problem& p) {
        if (q.evaluation != "gradient") return std::vector<Variant>{};
        return q.precision == "float" ? variants<float>(q, p) : variants<double>(q, p);
    });
}
