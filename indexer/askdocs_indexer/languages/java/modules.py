"""Where package names lead in Java and Kotlin: to one namespace, whatever folders files are in.

A name that nothing binds is of a package that the file opens by a star import, of `java.lang` or
`kotlin`, or of the file's own package outside of the workspace.
"""

from __future__ import annotations

from askdocs_indexer.languages.facts import EXTENSION, FileFacts, Names
from askdocs_indexer.languages.rules import Modules, Rules

_JAVA_LANG_TEXT = """
AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException
ArrayStoreException AssertionError AutoCloseable Boolean BootstrapMethodError Byte CharSequence
Character Class ClassCastException ClassCircularityError ClassFormatError ClassLoader
ClassNotFoundException ClassValue CloneNotSupportedException Cloneable Comparable Deprecated Double
Enum EnumConstantNotPresentException Error Exception ExceptionInInitializerError Float
FunctionalInterface IllegalAccessError IllegalAccessException IllegalArgumentException
IllegalCallerException IllegalMonitorStateException IllegalStateException
IllegalThreadStateException IncompatibleClassChangeError IndexOutOfBoundsException
InheritableThreadLocal InstantiationError InstantiationException Integer InternalError
InterruptedException Iterable LayerInstantiationException LinkageError Long MatchException Math
Module ModuleLayer NegativeArraySizeException NoClassDefFoundError NoSuchFieldError
NoSuchFieldException NoSuchMethodError NoSuchMethodException NullPointerException Number
NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder ProcessHandle
Readable Record ReflectiveOperationException Runnable Runtime RuntimeException RuntimePermission
SafeVarargs ScopedValue SecurityException SecurityManager Short StackOverflowError
StackTraceElement StackWalker StrictMath String StringBuffer StringBuilder
StringIndexOutOfBoundsException SuppressWarnings System Thread ThreadDeath ThreadGroup ThreadLocal
Throwable TypeNotPresentException UnknownError UnsatisfiedLinkError UnsupportedClassVersionError
UnsupportedOperationException VerifyError VirtualMachineError Void WrongThreadException
"""
_JAVA_LANG = frozenset(_JAVA_LANG_TEXT.split())
# What every Kotlin file sees: package -> its names.
_KOTLIN_TEXT = {
    "kotlin": """
    Annotation Any Array ArithmeticException AssertionError AutoCloseable Boolean BooleanArray Byte
    ByteArray Char CharArray CharSequence ClassCastException Comparable Comparator
    ConcurrentModificationException Deprecated Double DoubleArray Enum Error Exception Experimental
    Float FloatArray Function IllegalArgumentException IllegalStateException
    IndexOutOfBoundsException Int IntArray JvmField JvmInline JvmName JvmOverloads JvmStatic
    KotlinVersion Lazy Long LongArray NoSuchElementException NoWhenBranchMatchedException Nothing
    NotImplementedError NullPointerException Number NumberFormatException OptIn Pair PublishedApi
    RequiresOptIn Result RuntimeException Short ShortArray SinceKotlin String Suppress Throwable
    Throws Triple TypeCastException UByte UInt ULong UShort Unit UnsafeVariance
    UnsupportedOperationException
    TODO also apply arrayOf check checkNotNull emptyArray error intArrayOf lazy let repeat require
    requireNotNull run runCatching takeIf takeUnless to use with
    """,
    "kotlin.collections": """
    AbstractList AbstractMap ArrayDeque ArrayList Collection HashMap HashSet Iterable Iterator
    LinkedHashMap LinkedHashSet List ListIterator Map MutableCollection MutableIterable
    MutableIterator MutableList MutableMap MutableSet RandomAccess Set
    arrayListOf buildList buildMap buildSet emptyList emptyMap emptySet hashMapOf hashSetOf
    linkedMapOf linkedSetOf listOf listOfNotNull mapOf mutableListOf mutableMapOf mutableSetOf
    setOf setOfNotNull sortedMapOf sortedSetOf
    """,
    "kotlin.io": "print println readLine readln",
    "kotlin.sequences": "Sequence emptySequence generateSequence sequence sequenceOf",
    "kotlin.text": "Appendable MatchGroup MatchResult Regex RegexOption StringBuilder Typography",
}
_KOTLIN = {
    name: f"{package}.{name}" for package, text in _KOTLIN_TEXT.items() for name in text.split()
}
# The types that functions of Kotlin's collections make.
_MADE = {
    "arrayListOf": "ArrayList",
    "listOf": "List",
    "mapOf": "Map",
    "mutableListOf": "MutableList",
    "mutableMapOf": "MutableMap",
    "mutableSetOf": "MutableSet",
    "setOf": "Set",
}
# What nothing binds and has no documentation: a type to be inferred, and names that Kotlin's
# lambdas and accessors have by themselves.
_UNBOUND = {"java": frozenset({"var"}), "kotlin": frozenset({"field", "it"})}

# Methods of collections, streams, `Optional` and the like.
_GIVERS_TEXT = """
element elementAt first firstOrNull get getFirst getLast getOrDefault getOrNull getValue last
lastOrNull next orElse orElseGet orElseThrow peek peekFirst peekLast poll pollFirst pollLast pop
previous put remove removeFirst removeLast requireNotNull set single singleOrNull take
"""
_KEEPERS_TEXT = """
asSequence descendingIterator distinct filter filterNotNull findAny findFirst iterator limit
listIterator max min onEach parallelStream peek reversed skip sorted sortedBy stream subList
toList toSet values
"""
# Methods whose lambda gets every element, or all that they are called on.
_VISITORS_TEXT = """
all allMatch any anyMatch associateBy associateWith count distinctBy dropWhile filter filterNot
filterTo find findLast first firstOrNull flatMap forEach forEachOrdered groupBy ifPresent
ifPresentOrElse indexOfFirst indexOfLast joinToString last lastOrNull map mapNotNull mapTo
mapToInt mapToLong mapToObj maxBy maxByOrNull maxOf minBy minByOrNull minOf none noneMatch onEach
partition peek removeIf single singleOrNull sortedBy sortedByDescending sumOf takeWhile
"""
_LENDERS_TEXT = "also let takeIf takeUnless use"
# The first names of packages that code may write in full without an import.
_ROOTS_TEXT = "android androidx com io jakarta java javax kotlin kotlinx net org"
_ROOTS = frozenset(_ROOTS_TEXT.split())


class JvmRules(Rules):
    """Packages, and the names that every file sees."""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the package or type of an import, which is always written in full."""
        return (tuple(module.split(".")),)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return the packages that a documented name begins with, the longest first."""
        ends = range(len(parts) - 1, 0, -1)
        return tuple((parts[:end], end) for end in ends if modules.has(parts[:end]))

    def root(self, name: str, facts: FileFacts, modules: Modules) -> Names:
        """Return the first name of a package."""
        is_package = (
            name in _ROOTS
            or modules.has((name,))
            or any(imported.module.partition(".")[0] == name for imported in facts.imports)
        )
        return (name,) if is_package else ()

    def is_inherited(self, name: str, facts: FileFacts) -> bool:
        """Return whether this is a method's or field's name, not that of a type or package."""
        hidden = _UNBOUND.get(facts.language, frozenset())
        return not name[:1].isupper() and name not in hidden and name not in _ROOTS

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return the names of what every file sees, or of what a star import may give."""
        stars = [imported for imported in facts.imports if imported.name == "*" and imported.module]
        is_kotlin = facts.language == "kotlin"
        if is_kotlin and name in _KOTLIN:
            return (_KOTLIN[name],)
        if name in _UNBOUND.get(facts.language, ()) or name in _ROOTS:
            return ()
        if not name[:1].isupper():
            opened = [(star.module, *star.target) for star in stars if is_kotlin or star.target]
            return tuple(".".join((*owner, name)) for owner in opened)
        if name in _JAVA_LANG:
            return (f"java.lang.{name}",)
        packages = [star.module for star in stars if not star.target]
        if facts.module:
            packages.append(".".join(facts.module))
        return tuple(f"{package}.{name}" for package in packages)

    def external(self, module: str, target: Names) -> Names:
        """Return the names of a package or type, or of the member that a static import names."""
        owner = ".".join((module, *target[:-1]))
        return self.member(owner, target[-1], is_instance=False) if target else (owner,)

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return a member's names, in Javadoc's notation too; none for one of an array."""
        if owner in ("[]", "->", EXTENSION) or "#" in owner:
            return ()
        is_type = owner.rpartition(".")[2][:1].isupper()
        dotted = f"{owner}.{name}"
        return (dotted, f"{owner}#{name}") if is_type and not name[:1].isupper() else (dotted,)

    def made(self, function: str) -> str:
        """Return the type that a call of its name makes, as Kotlin writes it."""
        package, _, name = function.rpartition(".")
        if package == "kotlin.collections" and name in _MADE:
            return f"{package}.{_MADE[name]}"
        return function if name[:1].isupper() else ""

    def synonyms(self, name: str) -> Names:
        """Return the property that Kotlin makes of Java's getter, and the other way round."""
        for prefix in ("get", "set"):
            inner = name.removeprefix(prefix)
            if inner != name and inner[:1].isupper():
                return (f"{inner[0].lower()}{inner[1:]}",)
        return (f"get{name[:1].upper()}{name[1:]}",)


RULES = JvmRules(
    visitors=frozenset(_VISITORS_TEXT.split()),
    lenders=frozenset(_LENDERS_TEXT.split()),
    has_extensions=True,
    has_implicit_owner=True,
    parts_types=True,
    has_file_scope=True,
    givers=frozenset(_GIVERS_TEXT.split()),
    keepers=frozenset(_KEEPERS_TEXT.split()),
)
