"""One DIMSE service each: they translate a request, ask access, call a service and translate the answer."""
