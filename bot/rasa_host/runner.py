"""Runs a Rasa graph in a straight line: the order is fixed when the model is loaded, not at every message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class StraightGraphRunner(GraphRunner):
    """A `GraphRunner` without a scheduler. Needed nodes per set of targets are found once and kept."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._plans: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> StraightGraphRunner:
        """Creates the runner (see parent class)."""
        instantiate = DaskGraphRunner._instantiate_nodes
        return cls(graph_schema, instantiate(graph_schema, model_storage, execution_context, hooks))

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Runs the graph (see parent class). A node is called with (name, output) pairs of what it needs."""
        wanted = tuple(targets or self._schema.target_names)
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plan(wanted):
            results[name] = self._nodes[name](*(results[need] for need in needs))
        return {name: results[name][1] for name in wanted}

    def components(self) -> list[GraphComponent]:
        """The loaded components."""
        return [node._component for node in self._nodes.values()]

    def _plan(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        if targets not in self._plans:
            schema = self._schema.minimal_graph_schema(list(targets))
            order: list[tuple[str, tuple[str, ...]]] = []
            seen: set[str] = set()

            def visit(name: str) -> None:
                if name in seen or name not in schema.nodes:
                    return
                seen.add(name)
                needs = tuple(schema.nodes[name].needs.values())
                for need in needs:
                    visit(need)
                order.append((name, needs))

            for target in targets:
                visit(target)
            self._plans[targets] = order
        return self._plans[targets]
