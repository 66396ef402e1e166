"""The people of the desk: who may do what, when somebody is there, whom news reaches, what is promised."""
