"""docs"""
from sanic import Blueprint

bp = Blueprint("docs")
