"""Doc comments of C and C++."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

CPP = {
    "namespaces, classes and templates": (
        """
        namespace ui::detail {
        /// Drawn.
        template <typename T>
        class UI_EXPORT Widget : public Base<T> {
          int hidden; ///< Hidden.
         public:
          /// Makes one.
          explicit Widget(int a) : a_(a) {}
          /// Ends.
          virtual ~Widget() = default;
          /// Compares.
          bool operator==(const Widget &o) const;
          int n = 0; ///< How many,
                     ///< all told.
          /// Kinds.
          enum class Kind {
            Round, //!< A circle.
          };
         private:
          /// Hidden.
          void f();
        };
        /// Draws.
        template <typename T>
        void Widget<T>::draw(int) {}
        namespace {
        /// Hidden.
        int local();
        }
        inline namespace v1 {
        /// Of now.
        int now();
        }
        } // namespace
        """,
        found(
            "ui::detail::Widget", (2, 4), "Drawn.", "template <typename T> class UI_EXPORT Widget"
        ),
        found("ui::detail::Widget::Widget", (7, 8), "explicit Widget(int a)\n"),
        found("ui::detail::Widget::~Widget", (9, 10)),
        found("ui::detail::Widget::operator==", (11, 12)),
        found("ui::detail::Widget::n", (13, 14), "int n = 0", "How many,\nall told."),
        found("ui::detail::Widget::Kind", (15, 16), "enum class Kind"),
        found("ui::detail::Widget::Kind::Round", (17, 17), "A circle."),
        found("ui::detail::Widget::draw", (23, 25), "void Widget<T>::draw(int)"),
        found("ui::detail::now", (31, 32)),
    ),
    "macros alone on their lines": (
        """
        #include "abi.hpp"
        URN_NAMESPACE_BEGIN
        /// Holds ashes.
        URN_TEMPLATE_DECLARATION
        class basic_urn // NOLINT
            : public ::urn::detail::base<T>
        {
         public:
          /// Gives one.
          int get();
         URN_PRIVATE_UNLESS_TESTED:
          /// Turns.
          void turn();
        };
        /// Has fields.
        struct plain {
          URN_FIELDS
          int own; ///< Its own.
        };
        /// Kinds.
        enum class Kind {
          ROUND
        };
        /// In a type of the system.
        BOOL
        is_full(int n);
        /// Exported.
        #define URN_EXPORT __attribute__((visibility("default")))
        URN_NAMESPACE_END
        """,
        found("basic_urn", (3, 6), "Holds ashes."),
        found("basic_urn::get", (9, 10)),
        found("basic_urn::turn", (12, 13)),
        found("plain", (15, 16)),
        found("plain::own", (18, 18)),
        found("Kind", (20, 21)),
        found("is_full", (24, 26)),
        found("URN_EXPORT", (27, 28)),
    ),
    "guards, branches and attributes": (
        """
        #ifndef A_HPP
        #define A_HPP
        #ifdef __cplusplus
        extern "C" {
        #endif
        /// Adds.
        A_API int add(int a, int b);
        #ifdef X
        /// Takes away.
        int sub(int a) {
        #else
        int sub(long a) {
        #endif
          return 1;
        }
        #if 0
        /// Dead.
        int dead();
        #endif
        #ifdef __cplusplus
        }
        #endif
        #endif
        """,
        found("add", (6, 7), "int add(int a, int b)"),
        found("sub", (9, 10), "int sub(int a)"),
    ),
    "commands": (
        r"""
        /*!
         * \brief Draws \p x with \c draw.
         *
         * See \ref Canvas "the canvas" and @b this.
         * \param[in,out] x the x,
         *                all of it
         * \tparam T its type
         * \return nothing
         *
         * Then more.
         * @code{.py}
         * @decorated
         * @endcode
         * \note Careful.
         */
        int draw(int x);
        /** Both. @param x the x @return nothing */
        int both(int x);
        """,
        found(
            "draw",
            (2, 16),
            "Draws `x` with `draw`.",
            "See the canvas and **this**.",
            "- `x`: the x,\n  all of it",
            "- `T`: its type",
            "- **Returns:** nothing",
            "Then more.",
            "```py\n@decorated\n```",
            "- **Note:** Careful.",
        ),
        found("both", (17, 18), "Both.", "- `x`: the x", "- **Returns:** nothing"),
    ),
}
C = {
    "structs, enumerations and macros": (
        """
        /** @file
         * About the file.
         */
        #include <stdio.h>

        /** A place. */
        struct point {
            int x; /**< to the right */
            /** up */
            int y, z;
        };
        /** A node. */
        typedef struct node_ {
            /** The next one. */
            struct node_ *next;
        } *list, node;
        enum {
            RED, /**< like blood */
            GREEN
        };
        /** The larger one. */
        #define MAX(a, b) ((a) > (b) ? (a) : (b))
        #define PI 3 /**< about */
        /** Called back. */
        typedef int (*callback)(int a);
        """,
        found("", (2, 2), "About the file."),
        found("point", (6, 7), "struct point"),
        found("point.x", (8, 8), "to the right"),
        found("point.y point.z", (9, 10), "int y, z"),
        found("node list", (12, 13)),
        found("node.next", (14, 15)),
        found("RED", (18, 18), "like blood"),
        found("MAX", (21, 22), "#define MAX(a, b) ((a) > (b) ? (a) : (b))"),
        found("PI", (23, 23), "#define PI 3\n", "about"),
        found("callback", (24, 25), "typedef int (*callback)(int a)"),
    ),
}


@pytest.mark.parametrize("name", CPP)
def test_cpp(name: str) -> None:
    source, *expected = CPP[name]
    check("include/a.hpp", source, *expected)


@pytest.mark.parametrize("path", ["a.c", "include/a.h"])
@pytest.mark.parametrize("name", C)
def test_c(name: str, path: str) -> None:
    source, *expected = C[name]
    check(path, source, *expected)
