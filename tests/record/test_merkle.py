"""Against the vectors of Certificate Transparency, and every proof against a tree built without any cleverness."""

import pytest

from lianqiao.record import merkle

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(71)


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, word for word."""
    if not leaves:
        return merkle.EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = merkle.split(len(leaves))
    return merkle.node_hash(plain_root(leaves[:k]), plain_root(leaves[k:]))


def tree(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([n])) for n in range(size)]


ALL = tree(70)
ROOT = [plain_root(ALL[:size]) for size in SIZES]


def lookup(subtree: merkle.Subtree) -> bytes:
    level, index = subtree
    return plain_root(ALL[index << level : (index + 1) << level])


def proof(ranges: list[merkle.Range]) -> list[bytes]:
    return [merkle.hash_of(leaves, lookup) for leaves in ranges]


def test_hashes_the_vectors_of_certificate_transparency() -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    assert [plain_root(leaves[:size]).hex() for size in range(1, 9)] == ROOTS
    found = [plain_root(leaves[start:end]).hex() for start, end in merkle.inclusion_ranges(0, 8)]
    assert found == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    found = [plain_root(leaves[start:end]).hex() for start, end in merkle.consistency_ranges(6, 8)]
    assert found == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", SIZES)
def test_proves_every_leaf_of_a_tree_and_no_other(size: int) -> None:
    assert merkle.hash_of((0, size), lookup) == ROOT[size]
    for leaf in range(size):
        steps = proof(merkle.inclusion_ranges(leaf, size))
        assert merkle.verify_inclusion(ALL[leaf], leaf, size, steps, ROOT[size])
        assert not merkle.verify_inclusion(ALL[leaf], leaf + 1, size, steps, ROOT[size])
        assert not merkle.verify_inclusion(merkle.EMPTY, leaf, size, steps, ROOT[size])
        assert not merkle.verify_inclusion(ALL[leaf], leaf, size, [*steps, merkle.EMPTY], ROOT[size])
        assert not (steps and merkle.verify_inclusion(ALL[leaf], leaf, size, steps[:-1], ROOT[size]))


@pytest.mark.parametrize("new", SIZES)
def test_proves_every_growth_and_no_other(new: int) -> None:
    for old in range(new + 1):
        steps = proof(merkle.consistency_ranges(old, new))
        assert merkle.verify_consistency(old, new, ROOT[old], ROOT[new], steps)
        assert not merkle.verify_consistency(old, new, ROOT[old], b"\0" * 32, steps) or (old == 0 and new > 0)
        assert not merkle.verify_consistency(old, new, b"\0" * 32, ROOT[new], steps)
        assert not merkle.verify_consistency(old, new, ROOT[old], ROOT[new], [*steps, merkle.EMPTY])
        assert not (steps and merkle.verify_consistency(old, new, ROOT[old], ROOT[new], steps[:-1]))
    assert not merkle.verify_consistency(new + 1, new, ROOT[new], ROOT[new], [])


def test_refuses_proofs_of_what_is_not_there() -> None:
    for leaf, size in ((0, 0), (3, 3), (-1, 2)):
        with pytest.raises(ValueError, match="is not in a tree"):
            merkle.inclusion_ranges(leaf, size)
    for old, new in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="does not grow"):
            merkle.consistency_ranges(old, new)


def test_refuses_a_proof_that_ends_below_the_root() -> None:
    assert not merkle.verify_inclusion(ALL[0], 0, 2, [], ALL[0])
    assert not merkle.verify_consistency(1, 2, ROOT[1], ROOT[1], [])
    assert not merkle.verify_consistency(3, 4, ROOT[3], ROOT[4], [])


def test_refuses_a_proof_whose_steps_are_no_hashes() -> None:
    """The two leaves and the step beside them cut at other places: a tree of four in which the third leaf of three is another."""
    pair, third, fourth = merkle.node_hash(ALL[0], ALL[1]), ALL[2], ALL[3]
    other = next(leaf for n in range(10000) if (leaf := merkle.leaf_hash(b"%d" % n))[0] == third[-1] and leaf != third)
    left, cut, rest = pair + third[:31], third[31:], other[1:] + fourth
    root = merkle.node_hash(left, merkle.node_hash(cut, rest))
    assert merkle.node_hash(left, cut) == ROOT[3]
    assert merkle.node_hash(left, merkle.node_hash(other, fourth)) == root
    assert not merkle.verify_consistency(3, 4, ROOT[3], root, [cut, rest, left])
    assert not merkle.verify_inclusion(other, 2, 4, [fourth, left], root)
    assert not merkle.verify_consistency(1, 2, left, merkle.node_hash(left, cut), [cut])
