#!/usr/bin/env ruby
# frozen_string_literal: true

# Copyright (c) 2020 Acme

# Shapes for +all+.
module Acme
  # A box of {Item items}, see {Core::Base#run} and <tt>x</tt>.
  #
  #   box = Box.new
  #   box.add(1)
  #
  # == Usage
  # * one
  # * two
  class Box < Core::Base
    # The most.
    MAX = 3 # trailing
    attr_reader :x # the x
    def undocumented; end
    # Size and owner.
    # @return [Integer]
    attr_reader :size, :owner
    # Makes one.
    #
    # @param size [Integer] the size,
    #   in meters
    # @param [String] name a name
    # @option opts [Boolean] :fast be fast
    # @return [Box, nil] it
    # @raise [ArgumentError] if not
    # @example Making
    #   Box.new(1)
    # @see Other
    # @deprecated use {#add}
    def initialize(size, name: nil, **opts)
    end
    # Adds.
    def add(item) = @items << item
    # Asks.
    def empty?
    end
    # Class level.
    def self.make; end
    class << self
      # Builds.
      def build(n); end
      private
      # Hidden.
      def hid; end
    end
    # Aliased.
    alias old add
    # Hidden by a call.
    def later; end
    private :later
    # @private
    def priv; end
    # @api private
    def apriv; end
    # Not this.
    def nodoc # :nodoc:
    end
    private
    # Hidden.
    def secret; end
    public
    # Back.
    def back=(value); end
    # Hidden too.
    private def one; end
    # Error.
    class Error < StandardError; end
  end
  # Tools.
  module Tools
    module_function
    # Helps.
    def help; end
  end
end

=begin
Block comment.
=end
def top_level(a)
end
