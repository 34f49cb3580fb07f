"""The cheapest way to give places: exact, by successive shortest paths.

People are added one by one. Whoever enters a full session moves somebody else on, along the
chain of moves that costs least altogether; after each person what stands is the cheapest of all
(Ahuja, Magnanti, Orlin: Network Flows, ch. 9). Blocks have few sessions and many people, so the
search goes over sessions: between two of them only the cheapest move counts, kept in a heap.
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

NOWHERE = -1
NEVER = 1 << 200  # dearer than any chain of moves

Wishes = Sequence[tuple[int, int]]


class Assignment:
    """People in sessions, cheapest altogether.

    *wishes* lists for each person pairs of a session and its cost; *without* is what it costs
    each to have no place. *places* is how many each session has, None without a limit. *groups*
    says to which group each person belongs, None to none; *limits* bounds how many of a group may
    be in a session, by session and group.

    Inside, a node is a session, or the gate through which one group enters one session.
    """

    def __init__(
        self,
        wishes: Sequence[Wishes],
        without: Sequence[int],
        places: Sequence[int | None],
        *,
        groups: Sequence[str | None] = (),
        limits: Mapping[tuple[int, str], int] | None = None,
    ) -> None:
        self._room: list[int | None] = list(places)
        self._parent = list(range(len(places)))
        self._sessions = len(places)
        self._gates: list[list[int]] = [[] for _ in places]
        self._ways = self._through_gates(wishes, groups, limits or {})
        self._without = without
        nodes = len(self._room)
        self._held = [0] * nodes
        self._far = [0] * nodes
        # How a place in a full node is freed: a person and where to; else by way of a node.
        self._way: list[tuple[int, int] | int] = [NOWHERE] * nodes
        self._moves: list[dict[int, list[tuple[int, int]]]] = [{} for _ in range(nodes)]
        self._tops: list[list[tuple[int, int, int]]] = [[] for _ in range(nodes)]
        self._stale: set[int] = set()  # nodes whose cheapest moves are to be found anew
        self._at = [NOWHERE] * len(wishes)
        for person in range(len(wishes)):
            self._add(person)

    @property
    def sessions(self) -> list[int | None]:
        """Return where each person has a place, None for nowhere."""
        return [None if node == NOWHERE else self._parent[node] for node in self._at]

    def _through_gates(
        self,
        wishes: Sequence[Wishes],
        groups: Sequence[str | None],
        limits: Mapping[tuple[int, str], int],
    ) -> list[Wishes]:
        """Return the wishes with gates in the place of sessions, where a limit could be met."""
        if not limits:
            return list(wishes)
        wanted: dict[tuple[int, str], int] = {}
        for wished, group in zip(wishes, groups, strict=True):
            for session, _cost in wished if group is not None else ():
                wanted[session, str(group)] = wanted.get((session, str(group)), 0) + 1
        gates = {}
        for key, count in wanted.items():
            limit = limits.get(key)
            if limit is not None and count > limit:
                gates[key] = len(self._room)
                self._gates[key[0]].append(len(self._room))
                self._room.append(limit)
                self._parent.append(key[0])
        return [
            [(gates.get((session, str(group)), session), cost) for session, cost in wished]
            for wished, group in zip(wishes, groups, strict=True)
        ]

    def _add(self, person: int) -> None:
        node, cheapest = NOWHERE, self._without[person]
        for one, cost in self._ways[person]:
            if self._open(one) and cost + self._far[one] < cheapest:
                node, cheapest = one, cost + self._far[one]
        while node != NOWHERE:
            self._come(person, node)
            following = self._make_room(node)
            if following is None:
                break
            person, node = following
        else:
            self._at[person] = NOWHERE
        if any(map(self._tight, self._stale)):
            self._measure()

    def _open(self, node: int) -> bool:
        """Tell whether anybody can ever be in a node."""
        return self._room[node] != 0 and self._room[self._parent[node]] != 0

    def _full(self, node: int) -> bool:
        room = self._room[node]
        return room is not None and self._held[node] >= room

    def _tight(self, node: int) -> bool:
        return self._full(node) or self._full(self._parent[node])

    def _come(self, person: int, node: int) -> None:
        """Note that a person is in a node, and what it costs to move on from there."""
        self._at[person] = node
        self._stale.add(node)
        ways, moves = self._ways[person], self._moves[node]
        here = next(cost for one, cost in ways if one == node)
        for one, cost in ways:
            if one != node and self._open(one):
                heappush(moves.setdefault(one, []), (cost - here, person))
        heappush(moves.setdefault(NOWHERE, []), (self._without[person] - here, person))

    def _make_room(self, node: int) -> tuple[int, int] | None:
        """Count one more in a node; return who moves on for it, and where to."""
        if node >= self._sessions and self._way_of(node) != self._parent[node]:
            return self._mover(node)  # one of the group goes: nothing else changes
        session = self._parent[node]
        if node != session:
            self._held[node] += 1
        self._stale.add(session)
        if not self._full(session):
            self._held[session] += 1
            return None
        way = self._way[session]
        if isinstance(way, int):
            self._held[way] -= 1  # another group gives a place up
            self._stale.add(way)
            return self._mover(way)
        return way

    def _way_of(self, gate: int) -> tuple[int, int] | int:
        """Return how one gets through a gate: on into the session, or in somebody's place."""
        session = self._parent[gate]
        if self._full(gate) or self._full(session):
            return self._way[gate]
        return session

    def _mover(self, node: int) -> tuple[int, int]:
        way = self._way[node]
        assert not isinstance(way, int)  # noqa: S101 - the search goes through each node once
        return way

    # --- what it costs to free a place ----------------------------------------------------

    def _measure(self) -> None:
        """Find what it costs least to free a place in each node, and who moves first for it."""
        self._far = [NEVER if self._tight(node) else 0 for node in range(len(self._room))]
        tight = [node for node, far in enumerate(self._far) if far]
        for node in self._stale.intersection(tight):
            self._tops[node] = self._cheapest(node)
        self._stale.difference_update(tight)
        again = True
        while again:
            again = False
            for node in tight:
                again = self._relax(node) or again

    def _relax(self, node: int) -> bool:
        """Let a node know of a cheaper way to free a place in it; tell whether there is one."""
        far = self._far
        best, way = far[node], self._way[node]
        for target, cost, person in self._tops[node]:
            there = cost if target == NOWHERE else cost + far[target]
            if there < best:
                best, way = there, (person, target)
        if node >= self._sessions:
            if not self._full(node) and far[self._parent[node]] < best:
                best, way = far[self._parent[node]], self._parent[node]
        else:
            for gate in self._gates[node]:
                if self._held[gate] and far[gate] < best:
                    best, way = far[gate], gate
        if best < far[node]:
            far[node], self._way[node] = best, way
            return True
        return False

    def _cheapest(self, node: int) -> list[tuple[int, int, int]]:
        """List the cheapest move from a node to each other one: target, cost, who."""
        found = []
        for target, heap in self._moves[node].items():
            while heap and self._at[heap[0][1]] != node:
                heappop(heap)
            if heap:
                found.append((target, *heap[0]))
        return found
