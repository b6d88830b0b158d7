// A yardstick, not a peer: our own steps for d, n of 4 and 8, written out for the C++ compiler. Rows are vectors of the language, everything
// is inlined into one function, the compiler schedules and keeps in registers what it can. What it cannot make faster than this, the machine
// will hardly do faster.
#include "common/columns.hpp"
#include "common/memory.hpp"
#include "common/peer.hpp"

namespace {

template <class T, int D, int N>
class Straight {
    typedef T VD __attribute__((vector_size(D * sizeof(T)), aligned(sizeof(T))));
    typedef T VN __attribute__((vector_size(N * sizeof(T)), aligned(sizeof(T))));
    using Size = std::integral_constant<int, N>;

    Block<T> W, Wt, X, Bt, G, WX, WtX, S;

    // C = A B with rows of B as vectors; A(i, k) gives an entry.
    template <class V, int Rows, int Depth, class A>
    static inline __attribute__((always_inline)) void multiply(A a, const T* b, T* c) {
#pragma GCC unroll 8
        for (int i = 0; i < Rows; i++) {
            V sum = a(i, 0) * *(const V*)b;
#pragma GCC unroll 8
            for (int k = 1; k < Depth; k++) sum += a(i, k) * ((const V*)b)[k];
            ((V*)c)[i] = sum;
        }
    }

public:
    T loss = 0;

    Straight(const Question& q, const Problem& p)
        : W(block<T>(p.W)), Wt(transposed<T>(p.W, D, D)), X(block<T>(p.X)), Bt(transposed<T>(p.B, N, N)), G(block<T>(D * N)), WX(block<T>(D * N)),
          WtX(block<T>(D * N)), S(block<T>(N * N)) {}

    template <bool softmax>
    inline __attribute__((always_inline)) void once() {
        const T *x = X.get(), *r = WX.get(), *s = S.get();
        multiply<VD, N, D>([=](int i, int k) { return x[k * N + i]; }, Wt.get(), WX.get());
        multiply<VN, N, D>([=](int j, int k) { return r[j * D + k]; }, x, S.get());
        multiply<VD, N, D>([=](int i, int k) { return x[k * N + i]; }, W.get(), WtX.get());
        loss = (softmax ? Columns<T, Size>::attention(S.get(), Bt.get(), Size{}) : Columns<T, Size>::scores(S.get(), Bt.get(), Size{})) / 2;
        const VD *q = (const VD*)WX.get(), *u = (const VD*)WtX.get();
        VD* g = (VD*)G.get();
#pragma GCC unroll 8
        for (int i = 0; i < N; i++) {
            VD straight = s[i * N] * u[0], turned = s[i] * q[0];
#pragma GCC unroll 8
            for (int j = 1; j < N; j++) straight += s[i * N + j] * u[j], turned += s[j * N + i] * q[j];
            g[i] = straight + turned;
        }
    }

    void scores(long k) {
        while (k-- > 0) {
            once<false>();
            asm volatile("" ::: "memory");
        }
    }

    void attention(long k) {
        while (k-- > 0) {
            once<true>();
            asm volatile("" ::: "memory");
        }
    }

    void read(double* l, double* g) const {
        *l = loss;
        for (int a = 0; a < D; a++)
            for (int i = 0; i < N; i++) *g++ = G[i * D + a];
    }
};

template <class T, int D, int N>
std::vector<Variant> variants(const Question& q, const Problem& p) {
    auto it = std::make_shared<Straight<T, D, N>>(q, p);
    const bool softmax = q.model == "attention";
    return {{"one function", [=](long k) { softmax ? it->attention(k) : it->scores(k); }, [=](double* l, double* g) { it->read(l, g); }}};
}

template <class T>
std::vector<Variant> variants(const Question& q, const Problem& p) {
    return q.d == 4 ? variants<T, 4, 4>(q, p) : variants<T, 8, 8>(q, p);
}

}  // namespace

int main(int count, char** arguments) {
    return peer::serve("straight", count, arguments, [](const Question& q, const Problem& p) {
        const bool served = q.evaluation == "gradient" && (q.model == "scores" || q.model == "attention") && q.d == q.n && q.n <= 8;
        return !served ? std::vector<Variant>{} : q.precision == "float" ? variants<float>(q, p) : variants<double>(q, p);
    });
}
