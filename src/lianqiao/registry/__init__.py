"""Holds who there is: regions, the tree of agencies, people and roles, enterprises, agreements, competence, tokens.
Comes in: what an administrator of this node enters, the terms and signatures of agreements, the secret of a token.
Goes out: who answers for what, the clause that lets a case travel, the person behind a token; an event per change."""
