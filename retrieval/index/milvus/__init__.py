"""The second home of an index: Milvus, on a server that several bots share, or in a file (milvus-lite).

Needs pymilvus, which is imported where a connection is made: `pip install '.[milvus]'`.
"""
