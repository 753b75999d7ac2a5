"""Pages of the portal: `public` for everybody, `own` for the cases of somebody who is signed in, `filing` for a new one."""
