"""Comments of Ruby as RDoc and YARD read them."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

RUBY = {
    "types and members": (
        """
        #!/usr/bin/env ruby
        # frozen_string_literal: true

        # Copyright (c) 2020 Acme

        # Shapes.
        module Acme
          # Round.
          class Circle < Core::Shape
            # The most.
            MAX = 3 # trailing
            attr_reader :x # the x
            def undocumented; end
            # Both.
            attr_reader :size, :owner
            # Makes one.
            def initialize(r, unit: nil)
            end
            # Asks.
            def empty? = true
            # Sets.
            def name=(value); end
            # Class level.
            def self.make; end
            class << self
              # Builds.
              def build(n); end
              private
              # Hidden.
              def hidden; end
            end
            # Other name.
            alias old empty?
            # Hidden by a call.
            def later; end
            private :later
            # Not this.
            def nodoc # :nodoc:
            end
            # @private
            def mine; end
            # @!visibility private
            def ours; end

            # Part of nothing.

            def apart; end
            private
            # Hidden.
            def secret; end
            # Fails.
            class Error < StandardError; end
          end
          # Tools.
          module Tools
            module_function
            # Helps.
            def help; end
          end
        end
        # Reopened.
        class Acme::Circle
          # More.
          private def more; end
          # Most.
          def most; end
        end
        """,
        found("Acme", (6, 7), "Shapes.", "module Acme"),
        found("Acme::Circle", (8, 9), "Round.", "class Circle < Core::Shape"),
        found("Acme::Circle::MAX", (10, 11), "The most."),
        found("Acme::Circle#size Acme::Circle#owner", (14, 15), "attr_reader :size, :owner"),
        found("Acme::Circle.new Acme::Circle#initialize", (16, 17), "initialize(r, unit: nil)"),
        found("Acme::Circle#empty?", (19, 20), "def empty?"),
        found("Acme::Circle#name=", (21, 22), "def name=(value)"),
        found("Acme::Circle.make", (23, 24), "def self.make"),
        found("Acme::Circle.build", (26, 27), "def build(n)"),
        found("Acme::Circle#old", (32, 33), "Other name."),
        found("Acme::Circle::Error", (51, 52), "Fails."),
        found("Acme::Tools", (54, 55), "Tools."),
        found("Acme::Tools.help Acme::Tools#help", (57, 58), "Helps."),
        found("Acme::Circle", (61, 62), "Reopened."),
        found("Acme::Circle#most", (65, 66), "Most."),
    ),
    "text": (
        """
        # A box of {Item items}, see {Core::Base#run} and +this+.
        #
        #   box = Box.new
        #   box.add(1)
        #
        # == Usage
        #
        # * one
        # * two
        # rubocop:disable Style/Alias
        #
        # @param size [Integer] the size,
        #   in meters
        # @param [String] name a name
        # @option opts [Boolean] :fast be fast
        # @return [Box, nil] it
        # @raise [ArgumentError] if not
        # @example Making
        #   Box.new(1)
        # @deprecated use {#add}
        def box(size, name, **opts); end
        """,
        found(
            "box",
            (1, 21),
            "A box of items, see `Core::Base#run` and `this`.",
            "    box = Box.new\n    box.add(1)",
            "**Usage**",
            "* one",
            "- `size` (`Integer`): the size,\n  in meters",
            "- `name` (`String`): a name",
            "- `opts` (`Boolean`): :fast be fast",
            "- **Returns** (`Box, nil`): it",
            "- **Throws** (`ArgumentError`): if not",
            "**Making**",
            "```ruby\nBox.new(1)\n```",
            "- **Deprecated:** use `#add`",
            "def box(size, name, **opts)",
        ),
    ),
    "a block comment": (
        """
        =begin
        Helps.
        =end
        def help; end
        """,
        found("help", (2, 4), "Helps."),
    ),
}


@pytest.mark.parametrize("name", RUBY)
def test_ruby(name: str) -> None:
    source, *expected = RUBY[name]
    check("lib/acme/circle.rb", source, *expected)
