/**
 * @file shapes.hpp
 * @brief Shapes and more.
 */
#ifndef SHAPES_HPP
#define SHAPES_HPP
#include <x>
#ifdef __cplusplus
extern "C" {
#endif
/// C function.
/// @param a the a
/// @return it
SHAPES_API int c_fn(int a);
extern int v; ///< vdoc
/** Max macro. @param a first */
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define K 3 /**< k doc */
/** A point. */
typedef struct point_ {
  int x;   /**< x of it */
  int *y;  /**< y of it,
            *   on two lines */
  struct { /** in */ int in; } inner;
} Point;
/** Callback. */
typedef int (*callback)(int a, void *data);
enum {
  RED, /**< red doc */
  GREEN = 2 //!< green doc
};
#ifdef __cplusplus
}
#endif
namespace ui::detail {
/*!
 * \brief A widget.
 *
 * Longer \c text with \p x and \ref Foo::bar "bar" and @b bold.
 * \code{.cpp}
 * Widget<int> w;
 * @notatag
 * \endcode
 * \note Be careful.
 *
 * After note. vector<int> is x.
 *
 * \tparam T the type
 * \see Other
 */
template <typename T>
class SHAPES_EXPORT Widget : public Base<T> {
  int priv; ///< hidden
public:
  /// ctor
  explicit Widget(int a) : a_(a) {}
  /// dtor
  virtual ~Widget() = default;
  /// equal
  bool operator==(const Widget& o) const;
  /// conv
  operator bool() const;
  /**
   * @brief Draw.
   * @param[in,out] u The U
   *                goes on.
   * @throws std::runtime_error if bad
   * @retval 0 fine
   */
  template <class U>
  static void draw(U &u);
  int n = 0; ///< n doc
  using T2 = int; ///< t2
  /// Inner
  struct Inner { int z; /**< z doc */ };
  /// Scoped
  enum class Color { X, ///< x col
    Y };
  enum Plain { P1 /**< p1 */ };
private:
  /// hidden
  void hid();
};
/// Out of class.
template <typename T>
template <class U>
void Widget<T>::draw(U &u) {}
namespace { /// hidden
int anon(); }
inline namespace v1 { /// in v1
int inl(); }
/// Concept.
template <class T> concept CC = true;
/// alias doc
using V = Widget<int>;
} // namespace
#if defined(A)
/// branch a
int g(int a) {
#else
/// branch b
int g(long a) {
#endif
  return 1;
}
#if 0
/// Hidden: dead code.
int dead();
#endif
/// Static member function pointer. @param x The x. @return Nothing.
void (*handler)(int x);
/// Attributes of all sorts.
[[nodiscard]] SHAPES_NODISCARD static inline __attribute__((pure)) int attributed(int a) noexcept;
SHAPES_BEGIN_DECLS
/// Friends and operators.
class Ops {
  /// Hidden: private by default.
  int hidden;
 protected:
  /// Of the heirs.
  int heirs;
 public:
  /// Streams it.
  friend std::ostream &operator<<(std::ostream &out, const Ops &ops);
  /// Constructs with an initializer list.
  Ops(int a, int b)
      : hidden(a),
        heirs(b) {}
};
SHAPES_END_DECLS
/// A long macro.
#define SHAPES_FOR(x, all) \
  for (auto x = all.begin(); \
       x != all.end(); ++x)
/// @defgroup shapes Shape things
/// All of them.

/** @class Foo
 *  Detached Foo doc. */

#endif
