# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Return Authorizations: Store Credit",
    "summary": "Proves that a resolution is one file; tests/test_extension.py uses it",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "RMA Authorization contributors",
    "license": "LGPL-3",
    "depends": ["rma_authorization"],
}
