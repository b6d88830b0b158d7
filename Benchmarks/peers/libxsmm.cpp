// libxsmm's kernels, compiled for each product when the peer starts on a problem.
#include <libxsmm.h>

#include "common/gemm_gradient.hpp"

namespace {

// libxsmm is column-major: C = A·B row-major is Cᵀ = Bᵀ·Aᵀ there. It transposes its second factor only, which is our first.
template <class T>
class Gemm {
    using Kernel = std::conditional_t<sizeof(T) == 4, libxsmm_smmfunction, libxsmm_dmmfunction>;

    const bool transposeB;
    const int m, n, k;
    int blockM, blockN, blockK, lda;
    bool transposeA;
    Kernel first = nullptr, next = nullptr;
    libxsmm_xtransfunction transpose = nullptr;
    mutable Block<T> At, Bt;

    static Kernel compile(int m, int n, int k, int lda, int ldb, int ldc, T beta, int flags) {
        const T alpha = 1;
        if constexpr (sizeof(T) == 4) return libxsmm_smmdispatch(m, n, k, &lda, &ldb, &ldc, &alpha, &beta, &flags, nullptr);
        else return libxsmm_dmmdispatch(m, n, k, &lda, &ldb, &ldc, &alpha, &beta, &flags, nullptr);
    }

    static void flip(const T* from, T* to, int rows, int columns) { libxsmm_otrans(to, from, sizeof(T), columns, rows, columns, rows); }

public:
    // block bounds the side of the blocks that a large product is cut into; 0 for none.
    Gemm(bool transposeA, bool transposeB, int m, int n, int k, bool add, int block)
        : transposeB(transposeB), m(m), n(n), k(k), blockM(m), blockN(n), blockK(k), transposeA(transposeA) {
        if (block) blockM = std::min(m, block / 2), blockN = std::min(n, block), blockK = std::min(k, 2 * block);
        if (m % blockM || n % blockN || k % blockK) blockM = m, blockN = n, blockK = k;
        compile(add, transposeA ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE);
        if (!first && transposeA) this->transposeA = false, At = ::block<T>(size_t(m) * k), compile(add, LIBXSMM_GEMM_FLAG_NONE);
        if (!first || !next) throw std::runtime_error("libxsmm has no kernel");
        if (transposeB) Bt = ::block<T>(size_t(n) * k);
        if (transposeB && n * k <= 64 * 64) {
            libxsmm_descriptor_blob blob;
            transpose = libxsmm_dispatch_trans(libxsmm_trans_descriptor_init(&blob, sizeof(T), k, n, n));
        }
    }

    void operator()(const T* A, const T* B, T* C) const {
        if (At) flip(A, At.get(), k, m), A = At.get();
        if (transposeB) {
            const unsigned from = k, to = n;
            transpose ? transpose(B, &from, Bt.get(), &to) : flip(B, Bt.get(), n, k);
            B = Bt.get();
        }
        for (int i = 0; i < m; i += blockM)
            for (int l = 0; l < k; l += blockK)
                for (int j = 0; j < n; j += blockN)
                    (l ? next : first)(B + size_t(l) * n + j, A + (transposeA ? l * lda + i : i * lda + l), C + size_t(i) * n + j);
    }

private:
    void compile(bool add, int flags) {
        lda = flags ? m : k;
        first = compile(blockN, blockM, blockK, n, lda, n, add, flags);
        next = add ? first : compile(blockN, blockM, blockK, n, lda, n, 1, flags);
    }
};

template <class T>
std::vector<Variant> variants(const Question& q, const Problem& p) {
    std::vector<Variant> all{gemm_variant<T, Gemm<T>>("rows", q, p, Contiguous::rows, 0)};
    if (q.n <= 64) all.push_back(gemm_variant<T, Gemm<T>>("columns", q, p, Contiguous::columns, 0));
    if (q.n > 64)
        for (int block : {64, 128, 256}) {
            const std::string name = "rows in blocks of " + std::to_string(block);
            all.push_back(gemm_variant<T, Gemm<T>>(name, q, p, Contiguous::rows, block));
        }
    return all;
}

}  // namespace

int main(int count, char** arguments) {
    libxsmm_init();
    return peer::serve("libxsmm", count, arguments, [](const Question& q, const Problem& p) {
        if (q.evaluation != "gradient") return std::vector<Variant>{};
        return q.precision == "float" ? variants<float>(q, p) : variants<double>(q, p);
    });
}
