(module name: (_) @name) @module
(class name: (_) @name) @type
(class name: (_) @name superclass: (superclass (_) @base)) @type
(singleton_class value: (self)) @type
((assignment left: (constant) @name
    right: (call receiver: (constant) @maker method: (identifier) @how)) @type
  (#any-of? @maker "Class" "Data" "Module" "Struct") (#any-of? @how "define" "new"))

(method name: (_) @name) @function
(singleton_method name: (_) @name) @function

(assignment left: (constant) @name right: (_) @initial) @value
(assignment left: (instance_variable) @name right: (_) @initial) @value
(assignment left: (class_variable) @name right: (_) @initial) @value
