/*
 * Copyright (c) 2020 Somebody
 */
/** @file
 * Shapes in C, with class in its words.
 */
#include <stdio.h>

/**
 * struct point - A point.
 * @x: not Doxygen, still text
 */
struct point {
	int x; /**< to the right */
	/** up */
	int y;
	int new; ///< a name that C++ could not have
};

/** A list node; the pointer comes first. */
typedef struct node {
	/** What follows. */
	struct node *next;
	union {
		/** As a number. */
		int number;
	};
} *list, node;

/** Ordinals. */
enum ordinal {
	FIRST = 1, /**< the first,
	            *   of all */
	/** the second */
	SECOND
};

/**
 * \brief Adds.
 *
 * Adds \p a to \p b; see \ref sub and \c printf.
 *
 * \param a one
 * \param b other,
 *          on two lines
 * \return the sum
 *
 * \code
 * add(1, 2);
 * \endcode
 *
 * \verbatim
 * as it is
 * \endverbatim
 */
API_EXPORT(int) add(int a, int b);

/// The difference.
/// In two lines.
static int
sub(int a, /* from */
    int b)
{
	/** Hidden: local. */
	int result = a - b;
	return result;
}

/* No doc comment. */
int undocumented(void);

/** Table of names. */
static const char *const names[] = {
	"a",
	"b",
};

#ifdef DEBUG
/** In one branch. */
void debug(void);
#else
/** In the other. */
void debug(void) __attribute__((unused));
#endif

/** Unfinished
