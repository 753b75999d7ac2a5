"""The Merkle tree of RFC 6962, pure: hashes, which complete subtrees a proof is made of, and the two verifications."""

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()

Subtree = tuple[int, int]
"""A complete subtree by level and index: it covers the leaves [index << level, (index + 1) << level)."""
Range = tuple[int, int]
"""Leaves from (included) to (excluded)."""
Lookup = Callable[[Subtree], bytes]


def are_hashes(steps: Sequence[bytes]) -> bool:
    """Whether every step has the length of a hash. Of steps cut elsewhere, two trees can be made that share a root."""
    return all(len(step) == len(EMPTY) for step in steps)


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def subtrees(leaves: Range) -> list[Subtree]:
    """The complete subtrees that make up a range whose start is a multiple of its left part, from left to right."""
    start, end = leaves
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over the hashes of a range's complete subtrees, left to right."""
    root = hashes[-1] if hashes else EMPTY
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def hash_of(leaves: Range, lookup: Lookup) -> bytes:
    return fold([lookup(subtree) for subtree in subtrees(leaves)])


def inclusion_ranges(leaf: int, size: int) -> list[Range]:
    """PATH(leaf, size) of RFC 6962 2.1.1 as ranges of leaves, nearest first. Refuses (ValueError) a leaf outside."""
    if not 0 <= leaf < size:
        raise ValueError(f"leaf {leaf} is not in a tree of {size}")
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if leaf < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """PROOF(old, new) of RFC 6962 2.1.2 as ranges of leaves. Refuses (ValueError) unless 0 <= old <= new."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} does not grow into one of {new}")
    if old == 0:
        return []
    start, end, whole, found = 0, new, True, []
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash stands at `index` in the tree of `size` with this `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size or not are_hashes(proof):
        return False
    here, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(step, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of size `new` begins with the tree of size `old` (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new or not are_hashes([old_root, *proof]):
        return False
    if old == 0:
        return not proof and old_root == EMPTY and (new > 0 or new_root == EMPTY)
    if old == new:
        return not proof and old_root == new_root
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, step)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
