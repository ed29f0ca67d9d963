/** A Pabulib file with two projects and two voters, for commands that take one. */
export const GENERATED_FILE = `META
key;value
description;Generated
instance;2031
num_projects;2
num_votes;2
budget;1000
vote_type;approval
rule;greedy
max_length;2
PROJECTS
project_id;cost;name
bench;400;Benches
bridge;900;A bridge
VOTES
voter_id;vote
v1;bench
v2;bench,bridge
`;
