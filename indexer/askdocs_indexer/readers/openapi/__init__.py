"""Descriptions of interfaces: OpenAPI, Swagger and JSON Schema."""
