"""Markdown: what generators, template languages and dialects write, as their renderers show it."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.markdown.reader import read_markdown

GOMARKDOC = """# depot

```go
import "example.org/rail/depot/v2"
```

<a name="Park"></a>
## func [Park](<https://example.org/a.go#L10>)

```go
func Park(w *Wagon) error
```

<a name="Wagon.Brake"></a>
### func \\(\\*Wagon\\) [Brake](<https://example.org/a.go#L20>)

Brake stops it.
"""
DOXYBOOK = """# acme::Client

**Module:** **[Net](Modules/group__net.md)**

## Public Functions Documentation

### function open

```cpp
int open(
    const char * host,
    int port =80
)
```

### variable timeout

```cpp
int timeout = 30;
```

### function close

```cpp
virtual void close() override
```
"""
DEFAULT_DOCUMENTATION = """## Wagon Class

```csharp
public class Wagon : System.IDisposable
```
### Methods

<a name='Acme.Wagons.Wagon.Brake(int)'></a>

## Wagon.Brake(int) Method

```csharp
public void Brake(int force);
```
"""
XMLDOC2MD = """# Wagon

Namespace: Acme.Wagons

Rolls on rails.

```csharp
public class Wagon : System.IDisposable
```

## Properties

### **Length**

How long it is.

```csharp
public int Length { get; set; }
```

## Methods

### **Brake(Int32)**

```csharp
public void Brake(int force)
```
"""
DOCFX = """# <a id="Acme_Wagons_Wagon"></a> Class Wagon

Namespace: [Acme.Wagons](Acme.Wagons.md)\x20\x20
Assembly: Acme.dll

```csharp
[Serializable]
public class Wagon
```

### <a id="Acme_Wagons_Wagon_Brake_System_Int32_"></a> Brake\\(int\\)

```csharp
public void Brake(int force)
```
"""
PHPDOC = """# Wagon

* Full name: `\\Acme\\Rail\\Wagon`

### axles

```php
public int $axles
```

### brake

Stops it.

```php
public brake(int $force): bool
```

### load

```php
public load(): void
```
"""
DOKKA = """//[rail](../../../index.md)/[org.rail](../index.md)/[Wagon](index.md)/[brake](brake.md)

# brake

[jvm]\\
fun [brake](brake.md)(force: [Int](https://example.org)): [Boolean](https://example.org)
"""
TYPEDOC = """[rail](../README.md) / [Milk](../README.md) / Brewer

# Class: Brewer\\<W\\>

## Constructors

### Constructor

> **new Brewer**(`volts`): `Brewer`

## Properties

### pressure

> `readonly` **pressure**: `number` = `9`

## Accessors

### ready

#### Get Signature

> **get** **ready**(): `boolean`

## Methods

### ~~flush()~~

> **flush**(`times`): `Promise`\\<`void`\\>
"""
TYPEDOC_MODULE = """# coffee

## Enumerations

### Grind

#### Enumeration Members

##### Fine

> **Fine**: `"fine"`

## Functions

### brew()

▸ **brew**(`cups?`): `number`

## Variables

### COLDEST

• `const` **COLDEST**: `80`
"""
JSDOC2MD = """<a name="module_harbour.Crane"></a>

### harbour.Crane ⇐ <code>EventEmitter</code>
**Kind**: static class of [<code>harbour</code>](#module_harbour)

<a name="module_harbour.Crane+hook"></a>

#### crane.hook
**Kind**: instance property of [<code>Crane</code>](#module_harbour.Crane)
<a name="module_harbour..Manifest"></a>

### harbour~Manifest : <code>object</code>
"""
LAZYDOCS = """# <kbd>module</kbd> `trees`

## <kbd>class</kbd> `Tree`

### <kbd>method</kbd> `__init__`

```python
__init__(kind: str) → None
```

#### <kbd>property</kbd> height

### <kbd>classmethod</kbd> `from_seed`

```python
from_seed(seed: bytes) → Tree
```
"""
SPHINX = """### *class* orchard.Season(value)

#### SPRING *= 1*

#### kind *: str*

### int pump_start(struct [pump](#c.pump) \\*p)
"""
GUIDE = """# Guide

## config

```js
const config = load()
```

## server

```js
const server = createServer()
server.listen(80)
```

## run

```python
run(client)
```

## Models

```python
class User(Model):
    pass
```

## Types

```ts
type A = string
```
"""


@pytest.mark.parametrize(
    ("page", "symbols"),
    [
        pytest.param(GOMARKDOC, {"depot.Park", "depot.Wagon.Brake"}, id="gomarkdoc"),
        pytest.param(
            DOXYBOOK,
            {"acme::Client", "acme::Client::open", "acme::Client::timeout", "acme::Client::close"},
            id="doxybook",
        ),
        pytest.param(DEFAULT_DOCUMENTATION, {"Acme.Wagons.Wagon.Brake"}, id="DefaultDocumentation"),
        pytest.param(
            XMLDOC2MD,
            {"Acme.Wagons.Wagon", "Acme.Wagons.Wagon.Length", "Acme.Wagons.Wagon.Brake"},
            id="xmldoc2md",
        ),
        pytest.param(DOCFX, {"Acme.Wagons.Wagon", "Acme.Wagons.Wagon.Brake"}, id="docfx"),
        pytest.param(
            PHPDOC, {"Acme\\Rail\\Wagon::brake", "Acme\\Rail\\Wagon::load"}, id="phpDocumentor"
        ),
        pytest.param(DOKKA, {"org.rail.Wagon.brake"}, id="Dokka"),
        pytest.param(
            TYPEDOC,
            {"Milk.Brewer", "Brewer", "Brewer.pressure", "Brewer.ready", "Brewer.flush"},
            id="TypeDoc",
        ),
        pytest.param(
            TYPEDOC_MODULE,
            {"Grind", "Grind.Fine", "brew", "COLDEST"},
            id="TypeDoc with modules in a page",
        ),
        pytest.param(
            JSDOC2MD,
            {"harbour.Crane", "Crane", "harbour.Crane.hook", "harbour.Manifest"},
            id="jsdoc2md",
        ),
        pytest.param(
            LAZYDOCS,
            {"trees", "trees.Tree", "trees.Tree.__init__", "trees.Tree.height"},
            id="lazydocs",
        ),
        pytest.param(
            SPHINX,
            {"orchard.Season.SPRING", "orchard.Season.kind", "pump_start"},
            id="sphinx-markdown-builder",
        ),
    ],
)
def test_symbols_of_generated_pages(page: str, symbols: set[str]) -> None:
    documented = {name for s in read_markdown(page, "docs/api.md") for name in s.symbols}
    assert symbols <= documented


def test_headings_of_a_guide_document_nothing() -> None:
    assert not [s.symbols for s in read_markdown(GUIDE, "docs/guide.md") if s.symbols]


def test_a_trail_of_an_ordinary_page_names_nothing() -> None:
    page = "[Home](../README.md) / [Guides](./) / Install\n\n# Install\n\nText.\n"
    assert not [s.symbols for s in read_markdown(page, "docs/guide.md") if s.symbols]


def test_title_keeps_escaped_angle_brackets() -> None:
    (section,) = read_markdown("# Class: Brewer\\<W\\>", "a.md")
    assert section.title == "Class: Brewer<W>"


@pytest.mark.parametrize(
    ("markdown", "texts"),
    [
        ('{% hint style="danger" %}\nHot.\n{% endhint %}', ["**Danger:** Hot."]),
        ("{{% notice warning %}}\nHot.\n{{% /notice %}}", ["**Warning:** Hot."]),
        ("{{< hint warning >}}\nHot.\n{{< /hint >}}", ["**Warning:** Hot."]),
        (
            '{{< alert title="Hot" color="warning" >}}\nStand back.\n{{< /alert >}}',
            ["**Warning: Hot:** Stand back."],
        ),
        ('{% callout type="note" %}\n```\nx\n```', ["**Note:**", "```\nx\n```"]),
        ("{: .warning }\nHot.", ["**Warning:** Hot."]),
        ("{: .warning }\n> Hot.", ["> **Warning:** Hot."]),
        ("> #### Hot {: .neutral}\n>\n> a", ["> #### Hot\n>\n> a"]),
        ("a\n{: .lead #b}\n\nc", ["a", "c"]),
        (
            '{{< tabs >}}\n{{% tab name="Linux" %}}\na\n{{% /tab %}}\n'
            '{{< tab "Mac" >}}\nb\n{{< /tab >}}',
            ["**Mac**", "a", "b"],
        ),
        ('{{< figure src="a.png" caption="The tower at dawn" >}}', ["The tower at dawn"]),
        ('{% assign title = "No words of the page" %}\na', ["a"]),
        ("a {{ b }} c", ["a {{ b }} c"]),
        ("{{ b }}", ["{{ b }}"]),
        ("{% a", ["{% a"]),
        ("[a](b){ .c target=_blank } d", ["[a](b) d"]),
        ("f(x){ return x } y", ["f(x){ return x } y"]),
        ('[a]({{< relref "b.md" >}}) c', ["a c"]),
        ("a[^1] b[^c] `d[^1]`\n\n[^1]: e", ["a b[^c] `d[^1]`", "[^1]: e"]),
    ],
)
def test_tags_and_marks_are_not_shown(markdown: str, texts: list[str]) -> None:
    sections = read_markdown(markdown, "a.md")
    shown = sorted(block.text for section in sections for block in section.blocks)
    assert shown == sorted(texts)


def test_the_label_of_a_tab_is_shown() -> None:
    (section,) = read_markdown('{{% tab name="Only Linux" %}}\na\n{{% /tab %}}', "a.md")
    assert [block.text for block in section.blocks] == ["Only Linux", "a"]


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("<Warning>Hot.</Warning>", ["**Warning:** Hot."]),
        ('<Callout type="error">\n  Hot.\n</Callout>', ["**Error:** Hot."]),
        (
            '<Aside type="caution" title="Hot">\n\nStand back.\n\n</Aside>',
            ["**Caution: Hot:** Stand back."],
        ),
        ('<Button type="danger">\n  Go\n</Button>', ["Go"]),
        ('<Step title="Cast it">Over the *weir*.</Step>', ["**Cast it**", "Over the *weir*."]),
        ('<List items={["Dig the holes", "Plant it"]} />', ["Dig the holes\nPlant it"]),
        ("a {/* b */} c", ["a c"]),
    ],
)
def test_components_are_shown_as_what_they_say(markup: str, texts: list[str]) -> None:
    (section,) = read_markdown(markup, "a.mdx")
    assert [block.text for block in section.blocks] == texts


@pytest.mark.parametrize(
    ("roles", "text"),
    [
        ("{py:func}`a.b` and {ref}`the door <door>`", "`a.b` and the door"),
        ("{doc}`/guide` {class}`~a.B`", "guide `B`"),
        ("`{ref}`x", "`{ref}`x"),
    ],
)
def test_roles_of_myst(roles: str, text: str) -> None:
    (section,) = read_markdown(f"(target)=\n{roles}", "a.md")
    assert [block.text for block in section.blocks] == [text]


def test_home_page_is_read_from_its_front_matter() -> None:
    matter = (
        "---\nlayout: home\nhero:\n  name: Weir\n  tagline: Boards are lifted by hand\n"
        "features:\n  - icon: oak\n    title: Oak\n    details: >-\n      They swell\n"
        "      slowly.\n    link: /oak\n---\n"
    )
    (section,) = read_markdown(matter, "docs/index.md")
    assert section.blocks[0].text.split("\n\n") == [
        "**Weir**",
        "Boards are lifted by hand",
        "**Oak**",
        "They swell slowly.",
    ]


def test_docfx_tabs_go_on_to_their_rule() -> None:
    page = "# A\n\n## B\n\n# [C](#tab/c)\n\n## D\n\n# [E](#tab/e)\n\n---\n\n## F\n"
    paths = [section.heading_path for section in read_markdown(page, "a.md")]
    assert paths[2:] == [
        ("A", "B", "C"),
        ("A", "B", "C", "D"),
        ("A", "B", "E"),
        ("A", "F"),
    ]
